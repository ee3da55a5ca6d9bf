using System.Globalization;
using Berth.Linux.Processes;

namespace Berth.Linux.Cgroups;

/// <summary>
/// One cgroup across all hierarchies of the machine, named by its path from their roots, such as
/// <c>/kubepods/burstable/pod123</c>. A value: any number may name the same cgroup; the state is the kernel's.
/// </summary>
public sealed record Cgroup
{
    private static readonly TimeSpan _endLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _pollInterval = TimeSpan.FromMilliseconds(5);

    private readonly CgroupHierarchy _hierarchy;

    public Cgroup(CgroupHierarchy hierarchy, string path)
    {
        if (!path.StartsWith('/') || path.Split('/').Contains("..")) throw new ArgumentException($"cgroup path '{path}' must be absolute", nameof(path));
        _hierarchy = hierarchy;
        CgroupPath = path.TrimEnd('/');
    }

    /// <summary>What CRI calls the cgroup parent.</summary>
    public string CgroupPath { get; }

    public Cgroup Child(string name) => new(_hierarchy, $"{CgroupPath}/{name}");

    public bool Exists => Directories().Any(directory => Directory.Exists(directory.Path));

    /// <summary>Makes the cgroup and its parents where they are missing, and applies the limits. Can be repeated.</summary>
    /// <exception cref="IOException">With the path of the file or directory.</exception>
    public void Create(CgroupLimits? limits = null)
    {
        var components = CgroupPath.Split('/', StringSplitOptions.RemoveEmptyEntries);
        foreach (var root in _hierarchy.AllRoots)
        {
            var directory = new CgroupDirectory(root, _hierarchy.IsUnified);
            foreach (var component in components)
            {
                if (_hierarchy.IsUnified) EnableControllers(directory);
                directory = directory with { Path = Path.Combine(directory.Path, component) };
                Directory.CreateDirectory(directory.Path);
                foreach (var controller in ControllersAt(root)) controller.Prepare(directory);
            }

            // The pods below a cgroup with limits are cgroups of the runtime's, which expect the controllers to be on.
            if (_hierarchy.IsUnified) EnableControllers(directory);
        }

        if (limits is not null) Apply(limits);
    }

    /// <summary>Sets the limits that are given and leaves the others.</summary>
    /// <exception cref="IOException">With the path and the value that the kernel refused.</exception>
    public void Apply(CgroupLimits limits)
    {
        foreach (var controller in CgroupHierarchy.Controllers)
        {
            if (DirectoryOf(controller.Name) is { } directory) controller.Apply(directory, limits);
        }
    }

    /// <summary>Pids in this cgroup and those below it.</summary>
    public IReadOnlyList<int> Processes()
    {
        // In v1 a process is in a cgroup of every hierarchy; a runtime puts it into the same path of all.
        if ((DirectoryOf("pids") ?? DirectoryOf("memory") ?? DirectoryOf("cpu")) is not { } top || !Directory.Exists(top.Path)) return [];
        var pids = new HashSet<int>();
        foreach (var directory in DeepestFirst(top.Path))
        {
            foreach (var line in (new CgroupDirectory(directory, top.Unified).TryRead("cgroup.procs") ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                // 0 is a process of another pid namespace: not ours to see.
                if (int.Parse(line, CultureInfo.InvariantCulture) is > 0 and var pid) pids.Add(pid);
            }
        }

        return [.. pids];
    }

    /// <summary>Kills everything in the cgroup and below, and waits until it is gone.</summary>
    /// <exception cref="IOException">Something is still there after ten seconds (a process that hangs in the kernel).</exception>
    public async Task KillAsync(TimeProvider time, CancellationToken cancellation = default)
    {
        var start = time.GetTimestamp();
        while (Processes() is { Count: > 0 } pids)
        {
            // Again in each round: what forks faster than it is killed must lose in the end.
            foreach (var pid in pids) ProcessIdentity.Of(pid)?.Send(Signal.Kill);
            if (pids.All(pid => ProcessIdentity.Of(pid) is null)) return; // zombies: their parent's to reap, they hold nothing
            if (time.GetElapsedTime(start) > _endLimit)
                throw new IOException($"cgroup {CgroupPath}: processes {string.Join(", ", pids)} are still there {_endLimit.TotalSeconds} s after SIGKILL");
            await Task.Delay(_pollInterval, time, cancellation);
        }
    }

    /// <summary>Removes the cgroup and those below it from all hierarchies. Absence is no error; a process inside is.</summary>
    /// <exception cref="IOException">With the path; still busy after ten seconds.</exception>
    public async Task RemoveAsync(TimeProvider time, CancellationToken cancellation = default)
    {
        var start = time.GetTimestamp();
        foreach (var directory in Directories())
        {
            if (!Directory.Exists(directory.Path)) continue;
            foreach (var path in DeepestFirst(directory.Path))
            {
                while (!TryRemove(path))
                {
                    // A process that just ended leaves its cgroup a moment later.
                    if (time.GetElapsedTime(start) > _endLimit)
                        throw new IOException($"remove {path}: still in use by processes {string.Join(", ", Processes())}");
                    await Task.Delay(_pollInterval, time, cancellation);
                }
            }
        }
    }

    /// <summary>CPU quota, memory and pids as the kernel holds the cgroup to them; null where there is no limit, or no controller.</summary>
    public CgroupLimits Limits()
    {
        static long? Number(string? text) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= 0 ? value : null;
        var cpu = DirectoryOf("cpu");
        var memory = DirectoryOf("memory");
        var quota = cpu is not { } c ? null : c.Unified ? c.TryRead("cpu.max")?.Split(' ')[0] : c.TryRead("cpu.cfs_quota_us");
        var max = Number(memory is not { } m ? null : m.TryRead(m.Unified ? "memory.max" : "memory.limit_in_bytes"));
        return new CgroupLimits
        {
            CpuQuotaMicroseconds = Number(quota),
            CpuShares = cpu is { Unified: false } v1 ? Number(v1.TryRead("cpu.shares")) : null,
            // v1 spells "none" as the largest multiple of a page.
            MemoryMaxBytes = max >= long.MaxValue - (1 << 20) ? null : max,
            PidsMax = Number(DirectoryOf("pids")?.TryRead("pids.max")),
            CpusetCpus = DirectoryOf("cpuset")?.TryRead("cpuset.cpus"),
            CpusetMems = DirectoryOf("cpuset")?.TryRead("cpuset.mems"),
        };
    }

    public CgroupDetails Details() => CgroupDetails.Of(DirectoryOf("cpu"), DirectoryOf("cpuacct"), DirectoryOf("memory"), DirectoryOf("pids"));

    /// <summary>Null in cgroup v1, and where the kernel does not count it.</summary>
    /// <param name="resource">cpu, memory or io.</param>
    public PressureStall? Pressure(string resource) =>
        _hierarchy.IsUnified && _hierarchy.AllRoots.FirstOrDefault() is { } root && new CgroupDirectory(root + CgroupPath, true).TryRead(resource + ".pressure") is { } text ? PressureStall.Parse(text) : null;

    public CgroupUsage Usage()
    {
        long cpu = 0, memory = 0, workingSet = 0, anonymous = 0, faults = 0, majorFaults = 0, pids = 0;
        if (DirectoryOf(_hierarchy.IsUnified ? "cpu" : "cpuacct") is { } cpuDirectory)
            cpu = cpuDirectory.Unified ? cpuDirectory.ReadTable("cpu.stat").GetValueOrDefault("usage_usec") * 1000 : cpuDirectory.ReadNumber("cpuacct.usage");
        if (DirectoryOf("memory") is { } memoryDirectory)
        {
            var unified = memoryDirectory.Unified;
            var table = memoryDirectory.ReadTable("memory.stat");
            memory = memoryDirectory.ReadNumber(unified ? "memory.current" : "memory.usage_in_bytes");
            workingSet = Math.Max(0, memory - table.GetValueOrDefault(unified ? "inactive_file" : "total_inactive_file"));
            anonymous = table.GetValueOrDefault(unified ? "anon" : "total_rss");
            faults = table.GetValueOrDefault(unified ? "pgfault" : "total_pgfault");
            majorFaults = table.GetValueOrDefault(unified ? "pgmajfault" : "total_pgmajfault");
        }

        if (DirectoryOf("pids") is { } pidsDirectory) pids = pidsDirectory.ReadNumber("pids.current");
        return new CgroupUsage(cpu, memory, workingSet, anonymous, faults, majorFaults, pids);
    }

    /// <summary>How often the kernel killed a process here for lack of memory.</summary>
    public long OutOfMemoryKills() => DirectoryOf("memory") is { } directory
        ? directory.ReadTable(directory.Unified ? "memory.events" : "memory.oom_control").GetValueOrDefault("oom_kill")
        : 0;

    internal CgroupDirectory? DirectoryOf(string controller) => _hierarchy.ControllerRoots.TryGetValue(controller, out var root)
        ? new CgroupDirectory(root + CgroupPath, _hierarchy.IsUnified)
        : null;

    private IEnumerable<CgroupDirectory> Directories() => _hierarchy.AllRoots.Select(root => new CgroupDirectory(root + CgroupPath, _hierarchy.IsUnified));

    private IEnumerable<ICgroupController> ControllersAt(string root) =>
        CgroupHierarchy.Controllers.Where(controller => _hierarchy.ControllerRoots.TryGetValue(controller.Name, out var at) && at == root);

    /// <summary>v2: a child sees only the controllers that its parent passes on.</summary>
    private static void EnableControllers(CgroupDirectory directory)
    {
        var available = directory.Read("cgroup.controllers").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var enabled = directory.Read("cgroup.subtree_control").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        // Those that runtimes set limits with; the others would only cost.
        foreach (var controller in available.Except(enabled).Intersect([.. CgroupHierarchy.Controllers.Select(controller => controller.Name), "io"]))
            directory.Write("cgroup.subtree_control", "+" + controller);
    }

    private static IEnumerable<string> DeepestFirst(string directory)
    {
        string[] children;
        try
        {
            children = Directory.GetDirectories(directory);
        }
        catch (DirectoryNotFoundException)
        {
            yield break; // removed meanwhile
        }

        foreach (var child in children)
        {
            foreach (var deeper in DeepestFirst(child)) yield return deeper;
        }

        yield return directory;
    }

    /// <summary>rmdir of the directory alone: its files are the kernel's and cannot be deleted.</summary>
    private static bool TryRemove(string path)
    {
        if (Libc.RmDir(path) == 0) return true;
        return System.Runtime.InteropServices.Marshal.GetLastPInvokeError() switch
        {
            LinuxException.NoEntry => true,
            LinuxException.Busy => false,
            var errno => throw new LinuxException("remove", errno, path),
        };
    }
}
