using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record ContainerResizePolicy
{
    [Field(1, Always = true, Required = true)]
    public string ResourceName { get; init; } = "";

    [Field(2, Always = true, Required = true)]
    public string RestartPolicy { get; init; } = "";
}
