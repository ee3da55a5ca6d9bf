using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>Identity of a container's first process.</summary>
public sealed partial record ContainerUser
{
    /// <summary>Its user and groups on Linux.</summary>
    [Field(1)]
    public LinuxContainerUser? Linux { get; init; }
}
