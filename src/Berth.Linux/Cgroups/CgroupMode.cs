namespace Berth.Linux.Cgroups;

public enum CgroupMode
{
    /// <summary>One hierarchy per controller.</summary>
    V1,

    /// <summary>As <see cref="V1"/>, with a unified hierarchy beside it that has no controller of ours.</summary>
    Hybrid,

    /// <summary>One hierarchy for all.</summary>
    V2,
}
