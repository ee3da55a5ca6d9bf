using System.Diagnostics;
using Berth.Linux.Cgroups;

namespace Berth.Linux.Tests.Cgroups;

/// <summary>Against this machine's own hierarchies, whichever generation they are.</summary>
public sealed class CgroupTests : IAsyncLifetime
{
    private readonly Cgroup _cgroup = new(CgroupHierarchy.Detect(), $"/berth-test-{Guid.NewGuid():N}");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        Root.Require();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync() => await _cgroup.RemoveAsync(TimeProvider.System);

    [Fact]
    public void Create_WithLimits_SetsThemInTheKernel()
    {
        var hierarchy = CgroupHierarchy.Detect();
        var pod = _cgroup.Child("pod");

        pod.Create(new CgroupLimits { CpuShares = 512, CpuQuotaMicroseconds = 50_000, MemoryMaxBytes = 64 << 20, PidsMax = 100 });

        var (cpu, memory, pids) = (pod.DirectoryOf("cpu")!.Value, pod.DirectoryOf("memory")!.Value, pod.DirectoryOf("pids")!.Value);
        Assert.Equal(hierarchy.IsUnified ? "20" : "512", cpu.Read(hierarchy.IsUnified ? "cpu.weight" : "cpu.shares"));
        Assert.Equal(hierarchy.IsUnified ? "50000 100000" : "50000", cpu.Read(hierarchy.IsUnified ? "cpu.max" : "cpu.cfs_quota_us"));
        Assert.Equal((64 << 20).ToString(), memory.Read(hierarchy.IsUnified ? "memory.max" : "memory.limit_in_bytes"));
        Assert.Equal("100", pids.Read("pids.max"));
    }

    [Fact]
    public void Apply_ShorterPeriodThenNoLimit_IsTakenEachTime()
    {
        _cgroup.Create(new CgroupLimits { CpuQuotaMicroseconds = 200_000 });

        _cgroup.Apply(new CgroupLimits { CpuQuotaMicroseconds = 5_000, CpuPeriodMicroseconds = 10_000 });
        _cgroup.Apply(new CgroupLimits { CpuQuotaMicroseconds = CgroupLimits.Unlimited, MemoryMaxBytes = CgroupLimits.Unlimited, PidsMax = CgroupLimits.Unlimited });

        var cpu = _cgroup.DirectoryOf("cpu")!.Value;
        Assert.StartsWith(cpu.Unified ? "max" : "-1", cpu.Read(cpu.Unified ? "cpu.max" : "cpu.cfs_quota_us"));
        Assert.Equal("max", _cgroup.DirectoryOf("pids")!.Value.Read("pids.max"));
    }

    [Fact]
    public void Apply_RefusedValue_NamesFileAndValue()
    {
        _cgroup.Create();

        var error = Assert.Throws<IOException>(() => _cgroup.Apply(new CgroupLimits { CpusetCpus = "4000" }));

        Assert.Contains("cpuset.cpus", error.Message);
        Assert.Contains("'4000'", error.Message);
    }

    [Fact]
    public async Task KillAndRemove_WithRunningProcesses_LeaveNothing()
    {
        var child = _cgroup.Child("child");
        child.Create();
        using var process = Process.Start(new ProcessStartInfo("sleep", "1000"))!;
        foreach (var controller in (string[])["cpu", "memory", "pids", "cpuset"])
        {
            if (child.DirectoryOf(controller) is { } directory) directory.Write("cgroup.procs", process.Id);
        }

        Assert.Equal([process.Id], _cgroup.Processes());
        Assert.True(_cgroup.Usage() is { Pids: 1, MemoryBytes: > 0 } usage && usage.WorkingSetBytes <= usage.MemoryBytes, _cgroup.Usage().ToString());

        await _cgroup.KillAsync(TimeProvider.System, Cancellation);
        await process.WaitForExitAsync(Cancellation);
        Assert.Equal(137, process.ExitCode);
        await _cgroup.RemoveAsync(TimeProvider.System, Cancellation);
        Assert.False(_cgroup.Exists);
        await _cgroup.RemoveAsync(TimeProvider.System, Cancellation);
    }

    [Fact]
    public void Create_Twice_ChangesNothing()
    {
        var limits = new CgroupLimits { CpuShares = 300 };
        _cgroup.Create(limits);
        _cgroup.Create();
        _cgroup.Create(limits);

        Assert.True(_cgroup.Exists);
        Assert.Empty(_cgroup.Processes());
    }
}
