using Berth.Api.Schema;

namespace Berth.Api.Batch.V1;

/// <summary>Failures by exit codes of containers.</summary>
public sealed partial record PodFailurePolicyOnExitCodesRequirement
{
    /// <summary>The container; absent: all of them, init containers included.</summary>
    [Field(1)]
    public string? ContainerName { get; init; }

    /// <summary>In for the codes of values, NotIn for all others but 0.</summary>
    [Field(2, Always = true, Required = true)]
    public string Operator { get; init; } = "";

    /// <summary>Exit codes, in order and without repeats; 255 at most. No 0 with In.</summary>
    [Field(3, Always = true, Required = true), ListSet]
    public ApiList<int> Values { get; init; } = [];
}
