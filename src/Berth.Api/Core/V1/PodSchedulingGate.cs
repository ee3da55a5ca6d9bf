using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A reason not to place the pod yet.</summary>
public sealed partial record PodSchedulingGate
{
    /// <summary>Name of the gate; who put it there takes it away.</summary>
    [Field(1, Always = true, Required = true)]
    public string Name { get; init; } = "";
}
