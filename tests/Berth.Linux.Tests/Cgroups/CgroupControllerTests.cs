using Berth.Linux.Cgroups;

namespace Berth.Linux.Tests.Cgroups;

/// <summary>What is written where in each dialect, on plain files: no machine has both.</summary>
public sealed class CgroupControllerTests : IDisposable
{
    private readonly TempDirectory _temp = new();

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData(2, 1)]
    [InlineData(1024, 39)]
    [InlineData(262_144, 10_000)]
    [InlineData(0, 1)]
    public void CpuWeight_OfShares_IsKubernetesMapping(long shares, long weight) => Assert.Equal(weight, CpuController.WeightOf(shares));

    [Fact]
    public void Apply_InV2_WritesItsFiles()
    {
        Apply(true, new CgroupLimits
        {
            CpuShares = 1024,
            CpuQuotaMicroseconds = 150_000,
            MemoryMaxBytes = 1000,
            MemoryMinBytes = 10,
            MemoryHighBytes = CgroupLimits.Unlimited,
            PidsMax = 7,
            CpusetCpus = "0-1",
            HugePageMaxBytes = new Dictionary<string, long> { ["2MB"] = 4 << 20 },
        }, "cpu.weight", "cpu.max", "memory.max", "memory.min", "memory.high", "pids.max", "cpuset.cpus", "hugetlb.2MB.max", "hugetlb.2MB.rsvd.max");

        Assert.Equal(
            ["39", "150000 100000", "1000", "10", "max", "7", "0-1", "4194304", "4194304"],
            Contents("cpu.weight", "cpu.max", "memory.max", "memory.min", "memory.high", "pids.max", "cpuset.cpus", "hugetlb.2MB.max", "hugetlb.2MB.rsvd.max"));
    }

    [Fact]
    public void Apply_InV1_WritesItsFilesAndSkipsWhatV1Lacks()
    {
        File.WriteAllText(Path.Combine(_temp.Path, "cpu.cfs_period_us"), "100000\n");
        Apply(false, new CgroupLimits
        {
            CpuShares = 1,
            CpuQuotaMicroseconds = CgroupLimits.Unlimited,
            MemoryMaxBytes = CgroupLimits.Unlimited,
            MemoryMinBytes = 10,
            PidsMax = CgroupLimits.Unlimited,
            HugePageMaxBytes = new Dictionary<string, long> { ["1GB"] = 0 },
        }, "cpu.shares", "cpu.cfs_quota_us", "memory.limit_in_bytes", "pids.max", "hugetlb.1GB.limit_in_bytes");

        Assert.Equal(
            ["2", "-1", "-1", "max", "0"],
            Contents("cpu.shares", "cpu.cfs_quota_us", "memory.limit_in_bytes", "pids.max", "hugetlb.1GB.limit_in_bytes"));
    }

    private void Apply(bool unified, CgroupLimits limits, params string[] files)
    {
        foreach (var file in files) File.WriteAllText(Path.Combine(_temp.Path, file), "");
        foreach (var controller in CgroupHierarchy.Controllers) controller.Apply(new CgroupDirectory(_temp.Path, unified), limits);
    }

    private IEnumerable<string> Contents(params string[] files) => files.Select(file => File.ReadAllText(Path.Combine(_temp.Path, file)));
}
