namespace Berth.Linux.Mounts;

/// <summary>One line of mountinfo.</summary>
/// <param name="Id">Unique while mounted.</param>
/// <param name="ParentId">Mount that this one sits on.</param>
/// <param name="Root">Path within the file system that forms the root of this mount; not "/" for a bind of a subdirectory.</param>
/// <param name="Target">Where it is mounted, as this process sees it.</param>
/// <param name="Options">Options of the mount itself (ro, nosuid, ...).</param>
/// <param name="FileSystem">Type, such as ext4, tmpfs or overlay.</param>
/// <param name="Source">Device or other source.</param>
/// <param name="SuperOptions">Options of the file system, such as the controllers of a cgroup v1 mount.</param>
public sealed record MountEntry(
    int Id, int ParentId, string Root, string Target, IReadOnlyList<string> Options, string FileSystem, string Source, IReadOnlyList<string> SuperOptions);
