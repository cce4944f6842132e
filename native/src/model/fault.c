#include "model/fault.h"

#include <stdarg.h>
#include <stdio.h>

bool fault_set(Fault *fault, FaultCode code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fault->code = code;
    vsnprintf(fault->text, sizeof fault->text, format, arguments);
    va_end(arguments);
    return false;
}
