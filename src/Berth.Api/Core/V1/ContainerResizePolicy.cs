using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>Whether a change of a resource needs a new start.</summary>
public sealed partial record ContainerResizePolicy
{
    /// <summary>cpu or memory.</summary>
    [Field(1, Always = true, Required = true)]
    public string ResourceName { get; init; } = "";

    /// <summary>
    /// NotRequired changes it in the running container where that is possible; RestartContainer starts the container again. Default:
    /// NotRequired.
    /// </summary>
    [Field(2, Always = true, Required = true)]
    public string RestartPolicy { get; init; } = "";
}
