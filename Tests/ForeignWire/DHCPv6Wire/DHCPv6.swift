// The types are generated from dhcpv6.xml.
