// The types are generated from kit-rival.xml.
