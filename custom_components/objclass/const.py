"""Names that several rooms of the integration share."""

import logging
from typing import Final

DOMAIN: Final = "objclass"
LOGGER: Final = logging.getLogger(__package__)

SUBENTRY_CLASSIFIER: Final = "classifier"
SUBENTRY_FRAME: Final = "frame_classifier"

# Fields that several actions have
ATTR_CAMERAS: Final = "cameras"
ATTR_CLASSIFIER: Final = "classifier"
ATTR_DAYS: Final = "days"
ATTR_EVENT_ID: Final = "event_id"

# Config entry (one Frigate)
CONF_FRIGATE_ENTRY: Final = "frigate_entry"
SECTION_LOGIN: Final = "login"

# Options of the entry
CONF_WRITE_BACK: Final = "write_back"
CONF_PUBLISH_MQTT: Final = "publish_mqtt"

# Config subentry (one classifier)
CONF_AGREEMENT: Final = "agreement"
CONF_CAMERAS: Final = "cameras"
CONF_CLASSES: Final = "classes"
CONF_FAMILIARITY: Final = "familiarity"
CONF_KIND: Final = "kind"
CONF_LABELS: Final = "labels"
CONF_MAX_ATTEMPTS: Final = "max_attempts"
CONF_MIN_ATTEMPTS: Final = "min_attempts"
CONF_REFUSE_WORSE: Final = "refuse_worse"
CONF_SAVE_ATTEMPTS: Final = "save_attempts"
CONF_THRESHOLD: Final = "threshold"
CONF_PARENT: Final = "parent"
CONF_ZONES: Final = "zones"
SECTION_CONDITION: Final = "condition"
SECTION_FILTER: Final = "filter"
SECTION_RULES: Final = "rules"

# Config subentry (one frame classifier)
CONF_CAMERA_ENTITIES: Final = "camera_entities"
CONF_CONFIRMATIONS: Final = "confirmations"
CONF_DEVICE_CLASS: Final = "device_class"
CONF_FRIGATE_CAMERAS: Final = "frigate_cameras"
CONF_FRIGATE_MOTION: Final = "frigate_motion"
CONF_INTERVAL: Final = "interval"
CONF_MOTION_SENSORS: Final = "motion_sensors"
CONF_ON_CLASS: Final = "on_class"
CONF_PARTS: Final = "parts"
CONF_PUBLISH: Final = "publish"
SECTION_ON: Final = "on"
SECTION_WHEN: Final = "when"

KIND_SUB_LABEL: Final = "sub_label"
KIND_ATTRIBUTE: Final = "attribute"

# The bus event that every assignment and every final outcome fires
EVENT_RESULT: Final = "objclass_result"
# The bus event that the end of a run over the past fires
EVENT_HISTORY: Final = "objclass_history"

# Kinds of repairs, with which their ids begin
ISSUE_AWAY: Final = "away"
ISSUE_CONDITION: Final = "condition"
ISSUE_DAMAGED: Final = "damaged"
ISSUE_FEW: Final = "few"
ISSUE_IMAGES: Final = "images"
ISSUE_LABELS: Final = "labels"
ISSUE_RIVALS: Final = "rivals"
ISSUE_SNAPSHOTS: Final = "snapshots"
ISSUE_STORAGE: Final = "storage"
ISSUE_VIEWER: Final = "viewer"
