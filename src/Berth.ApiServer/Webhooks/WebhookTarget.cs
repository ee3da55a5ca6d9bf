using Berth.Api;

namespace Berth.ApiServer.Webhooks;

/// <summary>Where a webhook is: at a URL, or behind a Service.</summary>
/// <param name="Url">Null when a Service is meant.</param>
/// <param name="Authority">Certificates in PEM that the webhook's must be signed by; null: those that the system trusts.</param>
public sealed record WebhookTarget(string? Url, string ServiceNamespace, string ServiceName, string ServicePath, int ServicePort, ByteString? Authority)
{
    public static WebhookTarget Of(Berth.Api.AdmissionRegistration.V1.WebhookClientConfig client) => new(
        client.Url, client.Service?.Namespace ?? "", client.Service?.Name ?? "", client.Service?.Path ?? "", client.Service?.Port ?? 443, Given(client.CaBundle));

    public static WebhookTarget Of(Berth.Api.ApiExtensions.V1.WebhookClientConfig client) => new(
        client.Url, client.Service?.Namespace ?? "", client.Service?.Name ?? "", client.Service?.Path ?? "", client.Service?.Port ?? 443, Given(client.CaBundle));

    /// <summary>As requests and errors name it. Services go by the name that their certificate is for.</summary>
    public Uri Address => Url is not null
        ? new Uri(Url)
        : new Uri($"https://{ServiceName}.{ServiceNamespace}.svc:{ServicePort}/{ServicePath.TrimStart('/')}");

    private static ByteString? Given(ByteString? bundle) => bundle is { IsEmpty: false } ? bundle : null;
}
