using Berth.Resources.Cpu;
using Berth.Resources.Topology;

namespace Berth.Resources.Tests.Cpu;

public sealed class CpuPickerTests
{
    // One node of 8 cores with 2 threads: CPU n and n+8 are a core. Two caches: cores 0-3 and 4-7.
    private static readonly NodeTopology s_machine = NodeTopology.Uniform(1, 1, 8, 2, l3PerNuma: 2);

    [Theory]
    [InlineData(2, "0-15", "0,8")]
    [InlineData(3, "0-15", "0-1,8")]
    [InlineData(8, "0-15", "0-3,8-11")]
    // An odd thread comes from the core that is broken already.
    [InlineData(1, "0-12,14-15", "5")]
    // Two cores fit the cache that has two left, and leave the full one alone.
    [InlineData(4, "2-15", "2-3,10-11")]
    // More than whole cores have: the broken ones give the rest.
    [InlineData(5, "0-1,8,4-6", "0-1,4-5,8")]
    public void Packed_TakesWholeCoresAndLeavesTheMostWhole(int count, string free, string expected) =>
        Assert.Equal(expected, CpuPicker.Pick(s_machine, new CpuPolicy { Static = true }, CpuSet.Parse(free), count).ToString());

    [Theory]
    [InlineData(4, "0-15", "0-3")]
    [InlineData(8, "0-15", "0-7")]
    [InlineData(10, "0-15", "0-9")]
    public void Spread_TakesOneThreadOfEachCoreFirst(int count, string free, string expected) =>
        Assert.Equal(expected, CpuPicker.Pick(s_machine, new CpuPolicy { Static = true, DistributeAcrossCores = true }, CpuSet.Parse(free), count).ToString());

    [Theory]
    // Cache 1 has room for three, cache 0 for eight: three threads fit the smaller, though a core breaks.
    [InlineData(3, "0-3,8-11,4-5,12", "4-5,12")]
    [InlineData(8, "0-15", "0-3,8-11")]
    [InlineData(10, "0-15", "0-4,8-12")]
    public void ByCache_FillsOneCacheBeforeTheNext(int count, string free, string expected) =>
        Assert.Equal(expected, CpuPicker.Pick(s_machine, new CpuPolicy { Static = true, PreferSharedCache = true }, CpuSet.Parse(free), count).ToString());

    [Fact]
    public void AnyPolicy_AnyFreeSet_PicksTheCountFromTheSet()
    {
        var random = new Random(11);
        foreach (var policy in (CpuPolicy[])[new(), new() { DistributeAcrossCores = true }, new() { PreferSharedCache = true }])
        {
            for (var i = 0; i < 300; i++)
            {
                var free = CpuSet.Of(Enumerable.Range(0, 16).Where(_ => random.Next(2) == 0));
                var count = random.Next(free.Count + 1);
                var picked = CpuPicker.Pick(s_machine, policy, free, count);
                Assert.Equal(count, picked.Count);
                Assert.True(picked.IsSubsetOf(free));
                Assert.Equal(picked, CpuPicker.Pick(s_machine, policy, free, count));
            }
        }
    }
}
