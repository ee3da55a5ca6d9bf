using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record HTTPGetAction
{
    [Field(1)]
    public string Path { get; init; } = "";

    [Field(2, Always = true, Required = true)]
    public IntOrString Port { get; init; }

    [Field(3)]
    public string Host { get; init; } = "";

    [Field(4)]
    public string Scheme { get; init; } = "";

    [Field(5)]
    public ApiList<HTTPHeader> HttpHeaders { get; init; } = [];
}
