#pragma once

namespace sluice::driver {

/// Lets the heap grow in few large steps of huge pages: a compiler takes much memory at once and gives it back by
/// ending, so what it pays for memory is the number of page faults. Does nothing where the system will not have it.
void prepare_memory();

}  // namespace sluice::driver
