using Berth.Api.Schema;

namespace Berth.Api.ApiExtensions.V1;

/// <summary>How objects are brought from one version to another.</summary>
public sealed partial record CustomResourceConversion
{
    /// <summary>None only changes apiVersion; Webhook asks a web service.</summary>
    [Field(1, Always = true, Required = true)]
    public string Strategy { get; init; } = "";

    /// <summary>The web service, for Webhook.</summary>
    [Field(2)]
    public WebhookConversion? Webhook { get; init; }
}
