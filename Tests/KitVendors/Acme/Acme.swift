// The types are generated from kit-acme.xml.
