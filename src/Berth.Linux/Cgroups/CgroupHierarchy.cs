using Berth.Linux.Mounts;

namespace Berth.Linux.Cgroups;

/// <summary>How this machine mounts its cgroups: found once at the start, it does not change while the machine runs.</summary>
/// <param name="Mode">Which generation has the controllers.</param>
/// <param name="ControllerRoots">Mount point of each controller's hierarchy; in v2 all are the same.</param>
/// <param name="OtherRoots">Hierarchies without a controller of ours (named ones, the unified one in hybrid mode): runtimes make directories there too.</param>
public sealed record CgroupHierarchy(
    CgroupMode Mode, IReadOnlyDictionary<string, string> ControllerRoots, IReadOnlyList<string> OtherRoots)
{
    internal static readonly IReadOnlyList<ICgroupController> Controllers =
        [new CpuController(), new MemoryController(), new PidsController(), new CpusetController(), new HugetlbController()];

    private static readonly string[] _v1Names =
        ["cpu", "cpuacct", "cpuset", "memory", "pids", "hugetlb", "blkio", "devices", "freezer", "net_cls", "net_prio", "perf_event", "rdma", "misc"];

    /// <exception cref="IOException">No cgroups are mounted.</exception>
    public static CgroupHierarchy Detect() => Detect(
        MountTable.Read(),
        root => File.ReadAllText(Path.Combine(root, "cgroup.controllers")).Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries));

    public bool IsUnified => Mode == CgroupMode.V2;

    public bool HasController(string name) => ControllerRoots.ContainsKey(name);

    /// <summary>Every directory tree in which a cgroup of one path has to be made and removed.</summary>
    internal IEnumerable<string> AllRoots => ControllerRoots.Values.Concat(OtherRoots).Distinct();

    internal static CgroupHierarchy Detect(IReadOnlyList<MountEntry> mounts, Func<string, IReadOnlyList<string>> unifiedControllers)
    {
        var roots = new Dictionary<string, string>();
        var others = new List<string>();
        string? unified = null;
        foreach (var mount in mounts)
        {
            if (mount.FileSystem == "cgroup2")
            {
                unified ??= mount.Target;
            }
            else if (mount.FileSystem == "cgroup")
            {
                var controllers = mount.SuperOptions.Intersect(_v1Names).ToList();
                // The first mount counts: containers' bind mounts of the same hierarchy come later.
                foreach (var controller in controllers) roots.TryAdd(controller, mount.Target);
                if (controllers.Count == 0) others.Add(mount.Target);
            }
        }

        if (roots.Count > 0)
        {
            if (unified is not null) others.Add(unified);
            return new CgroupHierarchy(unified is null ? CgroupMode.V1 : CgroupMode.Hybrid, roots, others);
        }

        if (unified is null) throw new IOException("no cgroup file system is mounted (expected at /sys/fs/cgroup)");
        foreach (var controller in unifiedControllers(unified)) roots[controller] = unified;
        return new CgroupHierarchy(CgroupMode.V2, roots, [unified]);
    }
}
