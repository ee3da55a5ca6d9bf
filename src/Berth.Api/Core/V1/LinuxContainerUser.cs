using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>User and groups of a process on Linux.</summary>
public sealed partial record LinuxContainerUser
{
    /// <summary>Its user id.</summary>
    [Field(1, Always = true, Required = true)]
    public long Uid { get; init; }

    /// <summary>Its group id.</summary>
    [Field(2, Always = true, Required = true)]
    public long Gid { get; init; }

    /// <summary>Its further groups.</summary>
    [Field(3)]
    public ApiList<long> SupplementalGroups { get; init; } = [];
}
