// The types are generated from stun.xml.
