/* The version of all tools: they are built and shipped together. */

#ifndef RUN_VERSION_H
#define RUN_VERSION_H

#define MODELSYNC_VERSION	"0.1.0"

#endif
