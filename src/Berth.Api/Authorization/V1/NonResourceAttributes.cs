using Berth.Api.Schema;

namespace Berth.Api.Authorization.V1;

public sealed partial record NonResourceAttributes
{
    [Field(1)]
    public string Path { get; init; } = "";

    [Field(2)]
    public string Verb { get; init; } = "";
}
