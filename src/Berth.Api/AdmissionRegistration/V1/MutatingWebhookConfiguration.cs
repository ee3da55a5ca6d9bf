using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.AdmissionRegistration.V1;

/// <summary>Web services that are asked before an object is written and may change it.</summary>
[Kind("admissionregistration.k8s.io", "v1", "MutatingWebhookConfiguration")]
[Resource("mutatingwebhookconfigurations", "mutatingwebhookconfiguration", Namespaced = false, Categories = "api-extensions")]
public sealed partial record MutatingWebhookConfiguration
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    /// <summary>The services.</summary>
    [Field(2), ListMap("name"), PatchStrategy("merge", "name")]
    public ApiList<MutatingWebhook> Webhooks { get; init; } = [];
}
