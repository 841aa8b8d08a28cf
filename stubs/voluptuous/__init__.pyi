# Home Assistant answers `import voluptuous` with probatio; the type checker needs telling.
from probatio import *
