using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record NodeRuntimeHandler
{
    [Field(1, Always = true)]
    public string Name { get; init; } = "";

    [Field(2)]
    public NodeRuntimeHandlerFeatures? Features { get; init; }
}
