// The types are generated from radius.xml.
