using Berth.Api.Schema;

namespace Berth.Api.ApiExtensions.V1;

/// <summary>A web service that brings objects from one version to another.</summary>
public sealed partial record WebhookConversion
{
    /// <summary>Where it is.</summary>
    [Field(2)]
    public WebhookClientConfig? ClientConfig { get; init; }

    /// <summary>Versions of ConversionReview that it understands, the preferred one first.</summary>
    [Field(3, Always = true, Required = true)]
    public ApiList<string> ConversionReviewVersions { get; init; } = [];
}
