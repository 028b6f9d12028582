"""What a disk has after a power cut: all that was synced, and of the rest each write whole, not at all or with some of its
sectors garbled. Worked out from what `faults.c` has written down."""
import collections
import dataclasses

SECTOR = 512


@dataclasses.dataclass
class Call:
    what: str
    file: str
    offset: int
    data: bytes = b""


def read_calls(log):
    """The calls that were made, in order; the one where the fault came is not among them. And how many counted."""
    counted = 0
    text, at, calls = log.read_bytes() if log.exists() else b"", 0, []
    while at < len(text):
        end = text.index(b"\n", at)
        what, file, offset, length = text[at:end].decode().split()
        at, offset, length = end + 1, int(offset), int(length)
        data = text[at:at + length] if what == "write" and offset >= 0 else b""
        at += len(data)
        counted = offset if what == "count" else counted
        if offset >= 0 and what not in ("fault", "count"):
            calls.append(Call(what, file, offset, data))
    return calls, counted


def garbled(data, random):
    sectors = [data[i:i + SECTOR] for i in range(0, len(data), SECTOR)]
    return b"".join(random.randbytes(len(one)) if random.random() < 0.5 else one for one in sectors)


def write_into(content, offset, data):
    content.extend(b"\0" * (offset - len(content)))
    content[offset:offset + len(data)] = data


class Disk:
    """Replays the calls on files that begin as `before`: {name: bytes}."""

    def __init__(self, before):
        self.durable = {name: bytearray(content) for name, content in before.items()}
        self.pending = collections.defaultdict(list)
        self.renamed = False  # `new` has become `db`, and the folder was not synced since
        self.covered = collections.defaultdict(list)  # how much of `pending` a sync that is under way will have kept

    def replay(self, calls):
        for call in calls:
            if call.what in ("write", "truncate"):
                self.pending[call.file].append(call)
            elif call.what == "sync":
                self.covered[call.file].append(len(self.pending[call.file]))
            elif call.what == "rename":
                self.renamed = True
            elif call.what == "synced" and call.file == "folder":
                self.rename()
            elif call.what == "synced" and self.covered[call.file]:
                self.keep(call.file, self.covered[call.file].pop(0))
            elif call.what == "unlink":
                self.durable.pop(call.file, None)
                self.pending.pop(call.file, None)
                self.covered.pop(call.file, None)
        return self

    def rename(self):
        if self.renamed:
            self.durable["db"] = self.durable.pop("new", bytearray())
            self.pending["db"] = self.pending.pop("new", [])
            self.renamed = False

    def keep(self, file, count):
        for call in self.pending[file][:count]:
            self.apply(call, call.data)
        del self.pending[file][:count]
        self.covered[file] = [max(0, other - count) for other in self.covered[file]]

    def apply(self, call, data):
        content = self.durable.setdefault(call.file, bytearray())
        if call.what == "truncate":
            del content[call.offset:]
        else:
            write_into(content, call.offset, data)

    def after_power_cut(self, random):
        """{name: bytes}; what the kernel had not brought to the disk is there, gone or spoilt."""
        if random.random() < 0.5:
            self.rename()
        for calls in self.pending.values():
            for call in calls:
                fate = random.choice(("kept", "lost", "garbled"))
                if fate != "lost":
                    self.apply(call, call.data if fate == "kept" else garbled(call.data, random))
        return {name: bytes(content) for name, content in self.durable.items()}
