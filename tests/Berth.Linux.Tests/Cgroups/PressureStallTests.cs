using Berth.Linux.Cgroups;

namespace Berth.Linux.Tests.Cgroups;

public sealed class PressureStallTests
{
    [Fact]
    public void Text_OfTheKernel_IsReadLineByLine()
    {
        var stall = PressureStall.Parse("some avg10=1.53 avg60=0.87 avg300=0.20 total=123456\nfull avg10=0.10 avg60=0.05 avg300=0.00 total=654\n");

        Assert.Equal(new PressureShare(1.53, 0.87, 0.2, 123_456), stall.Some);
        Assert.Equal(new PressureShare(0.1, 0.05, 0, 654), stall.Full);
        // Older kernels have no full line for the CPU.
        Assert.Equal(default, PressureStall.Parse("some avg10=0.00 avg60=0.00 avg300=0.00 total=5\n").Full);
    }
}
