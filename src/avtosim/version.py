"""The version, stated once for the code; a test holds it against the package's own."""

VERSION = "0.2.0.dev0"
