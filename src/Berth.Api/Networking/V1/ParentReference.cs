using Berth.Api.Schema;

namespace Berth.Api.Networking.V1;

public sealed partial record ParentReference
{
    [Field(1)]
    public string Group { get; init; } = "";

    [Field(2, Required = true)]
    public string Resource { get; init; } = "";

    [Field(3)]
    public string Namespace { get; init; } = "";

    [Field(4, Required = true)]
    public string Name { get; init; } = "";
}
