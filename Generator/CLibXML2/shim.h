#pragma once
/* Debian's libxml2 is built with ICU, whose headers clash with the ICU that Foundation brings
   along. The encoding handlers are not used here, so their ICU part is left out. */
#include <libxml/xmlversion.h>
#undef LIBXML_ICU_ENABLED
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/xmlerror.h>
#include <libxml/xmlschemas.h>

/* xmlFree is a mutable global function pointer, which Swift 6 refuses. */
static inline void clibxml2_free(void *memory) { xmlFree(memory); }
