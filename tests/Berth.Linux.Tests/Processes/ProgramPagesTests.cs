using Berth.Linux.Processes;

namespace Berth.Linux.Tests.Processes;

public sealed class ProgramPagesTests
{
    [Fact]
    public void Read_TakesCodeAndSharedPages_AndNothingOfTheProcessesOwn()
    {
        // Code; code that was written to; data; constants after relocation; pages shared with the file; another file; the heap.
        var lines = """
            1000-3000 r-xp 00000000 fe:00 42                         /opt/berth
            Size:                  8 kB
            Rss:                   8 kB
            Private_Dirty:         0 kB
            Anonymous:             0 kB
            VmFlags: rd ex mr mw me
            3000-5000 r-xp 00002000 fe:00 42                         /opt/berth
            Rss:                   8 kB
            Anonymous:             4 kB
            5000-6000 rw-p 00004000 fe:00 42                         /opt/berth
            Rss:                   4 kB
            Anonymous:             0 kB
            6000-7000 r--p 00005000 fe:00 42                         /opt/berth
            Rss:                   4 kB
            Anonymous:             0 kB
            7000-9000 r--s 00006000 fe:00 42                         /opt/berth
            Rss:                   4 kB
            Shared_Dirty:          0 kB
            9000-a000 r-xp 00000000 fe:00 43                         /lib/libc.so.6
            Rss:                   4 kB
            a000-b000 rw-p 00000000 00:00 0                          [heap]
            Rss:                   4 kB
            b000-c000 r-xp 00000000 fe:00 42                         /opt/berth
            Rss:                   0 kB
            """.Split('\n');

        Assert.Equal([((nuint)0x1000, (nuint)0x3000, 8192L), ((nuint)0x7000, (nuint)0x9000, 4096L)], ProgramPages.Read(lines, "/opt/berth"));
    }

    [Fact]
    public void Forget_TheProgramGoesOn()
    {
        Assert.True(ProgramPages.Forget() > 0);
        // What was dropped is there again when it is used.
        Assert.True(ProgramPages.Forget() >= 0);
    }
}
