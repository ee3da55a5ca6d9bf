using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record EventSource
{
    [Field(1)]
    public string Component { get; init; } = "";

    [Field(2)]
    public string Host { get; init; } = "";
}
