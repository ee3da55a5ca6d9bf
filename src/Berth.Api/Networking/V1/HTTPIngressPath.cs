using Berth.Api.Schema;

namespace Berth.Api.Networking.V1;

public sealed partial record HTTPIngressPath
{
    [Field(1)]
    public string Path { get; init; } = "";

    [Field(2, Required = true)]
    public IngressBackend Backend { get; init; } = IngressBackend.Empty;

    [Field(3, Always = true, Required = true)]
    public string? PathType { get; init; }
}
