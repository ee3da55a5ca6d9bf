using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A request or limit of a container.</summary>
[Atomic]
public sealed partial record ResourceFieldSelector
{
    /// <summary>The container; absent in an environment variable: its own.</summary>
    [Field(1)]
    public string ContainerName { get; init; } = "";

    /// <summary>
    /// limits.cpu, limits.memory, limits.ephemeral-storage, limits.hugepages-SIZE, or the same of requests. A limit that is not set is what
    /// the node has.
    /// </summary>
    [Field(2, Always = true, Required = true)]
    public string Resource { get; init; } = "";

    /// <summary>Unit of the result, such as 1m or 1Mi; rounded up. Default: 1.</summary>
    [Field(3)]
    public Quantity Divisor { get; init; }
}
