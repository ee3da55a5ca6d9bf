using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record Capabilities
{
    [Field(1)]
    public ApiList<string> Add { get; init; } = [];

    [Field(2)]
    public ApiList<string> Drop { get; init; } = [];
}
