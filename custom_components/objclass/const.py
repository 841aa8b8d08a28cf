"""Names that several rooms of the integration share."""

import logging
from typing import Final

DOMAIN: Final = "objclass"
LOGGER: Final = logging.getLogger(__package__)

SUBENTRY_CLASSIFIER: Final = "classifier"

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

KIND_SUB_LABEL: Final = "sub_label"
KIND_ATTRIBUTE: Final = "attribute"

# The bus event that every assignment and every final outcome fires
EVENT_RESULT: Final = "objclass_result"
