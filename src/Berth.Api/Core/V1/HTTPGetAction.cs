using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A GET request; codes from 200 to 399 mean success.</summary>
public sealed partial record HTTPGetAction
{
    /// <summary>Path of the request. Default: /.</summary>
    [Field(1)]
    public string Path { get; init; } = "";

    /// <summary>Port, by number or by the name that the container gives it.</summary>
    [Field(2, Always = true, Required = true)]
    public IntOrString Port { get; init; }

    /// <summary>
    /// Address to connect to; empty for the pod's own, which is what is nearly always wanted. To send another name use the header Host.
    /// </summary>
    [Field(3)]
    public string Host { get; init; } = "";

    /// <summary>HTTP or HTTPS; certificates are not checked. Default: HTTP.</summary>
    [Field(4)]
    public string Scheme { get; init; } = "";

    /// <summary>Headers of the request; a name may occur more than once.</summary>
    [Field(5)]
    public ApiList<HTTPHeader> HttpHeaders { get; init; } = [];
}
