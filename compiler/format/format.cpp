#include "format/format.h"

#include "format/writer.h"

namespace sluice::format {

std::string format(const ast::File& file) { return lay_out(*Writer(file).file(file)); }

}  // namespace sluice::format
