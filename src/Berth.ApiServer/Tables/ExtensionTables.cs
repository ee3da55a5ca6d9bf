using Berth.Api.AdmissionRegistration.V1;
using Berth.Api.ApiRegistration.V1;
using Berth.Api.Resource.V1;
using Berth.Api.Schema;
using static Berth.ApiServer.Tables.Columns;
using AutoscalingV1 = Berth.Api.Autoscaling.V1;

namespace Berth.ApiServer.Tables;

/// <summary>Tables of what extends the API, and of devices.</summary>
internal static class ExtensionTables
{
    public static IReadOnlyList<KeyValuePair<KindInfo, KindTable>> Rows { get; } =
    [
        Table<ValidatingWebhookConfiguration>(
            Name<ValidatingWebhookConfiguration>(), Count<ValidatingWebhookConfiguration>("Webhooks", c => c.Webhooks.Count), Age<ValidatingWebhookConfiguration>()),
        Table<MutatingWebhookConfiguration>(
            Name<MutatingWebhookConfiguration>(), Count<MutatingWebhookConfiguration>("Webhooks", c => c.Webhooks.Count), Age<MutatingWebhookConfiguration>()),
        Table<ValidatingAdmissionPolicy>(
            Name<ValidatingAdmissionPolicy>(),
            Count<ValidatingAdmissionPolicy>("Validations", p => p.Spec.Validations.Count),
            Column<ValidatingAdmissionPolicy>("ParamKind", p => Kind(p.Spec.ParamKind)),
            Age<ValidatingAdmissionPolicy>()),
        Table<ValidatingAdmissionPolicyBinding>(
            Name<ValidatingAdmissionPolicyBinding>(),
            Column<ValidatingAdmissionPolicyBinding>("PolicyName", b => b.Spec.PolicyName),
            Column<ValidatingAdmissionPolicyBinding>("ParamRef", b => Parameter(b.Spec.ParamRef)),
            Age<ValidatingAdmissionPolicyBinding>()),
        Table<MutatingAdmissionPolicy>(
            Name<MutatingAdmissionPolicy>(),
            Count<MutatingAdmissionPolicy>("Mutations", p => p.Spec.Mutations.Count),
            Column<MutatingAdmissionPolicy>("ParamKind", p => Kind(p.Spec.ParamKind)),
            Age<MutatingAdmissionPolicy>()),
        Table<MutatingAdmissionPolicyBinding>(
            Name<MutatingAdmissionPolicyBinding>(),
            Column<MutatingAdmissionPolicyBinding>("PolicyName", b => b.Spec.PolicyName),
            Column<MutatingAdmissionPolicyBinding>("ParamRef", b => Parameter(b.Spec.ParamRef)),
            Age<MutatingAdmissionPolicyBinding>()),
        Table<APIService>(
            Name<APIService>(),
            Column<APIService>("Service", s => s.Spec.Service is { } service ? $"{service.Namespace}/{service.Name}" : "Local"),
            Column<APIService>("Available", Available),
            Age<APIService>()),
        Table<DeviceClass>(Name<DeviceClass>(), Age<DeviceClass>()),
        Table<ResourceClaim>(Name<ResourceClaim>(), Column<ResourceClaim>("State", State), Age<ResourceClaim>()),
        Table<ResourceClaimTemplate>(Name<ResourceClaimTemplate>(), Age<ResourceClaimTemplate>()),
        Table<ResourceSlice>(
            Name<ResourceSlice>(),
            Column<ResourceSlice>("Node", s => s.Spec.NodeName ?? ""),
            Column<ResourceSlice>("Driver", s => s.Spec.Driver),
            Column<ResourceSlice>("Pool", s => s.Spec.Pool.Name),
            Age<ResourceSlice>()),
        Table<AutoscalingV1.HorizontalPodAutoscaler>(
            Name<AutoscalingV1.HorizontalPodAutoscaler>(),
            Column<AutoscalingV1.HorizontalPodAutoscaler>("Reference", h => $"{h.Spec.ScaleTargetRef.Kind}/{h.Spec.ScaleTargetRef.Name}"),
            Column<AutoscalingV1.HorizontalPodAutoscaler>("Targets", Targets),
            Column<AutoscalingV1.HorizontalPodAutoscaler>("MinPods", h => h.Spec.MinReplicas is { } min ? $"{min}" : TableCell.Unset),
            Column<AutoscalingV1.HorizontalPodAutoscaler>("MaxPods", h => $"{h.Spec.MaxReplicas}"),
            Column<AutoscalingV1.HorizontalPodAutoscaler>("Replicas", h => $"{h.Status.CurrentReplicas}"),
            Age<AutoscalingV1.HorizontalPodAutoscaler>()),
    ];

    private static string Kind(ParamKind? kind) => kind is null ? TableCell.Unset : $"{kind.ApiVersion}/{kind.Kind}";

    private static string Parameter(ParamRef? parameter) => parameter switch
    {
        null => TableCell.Unset,
        { Name.Length: > 0 } => parameter.Namespace.Length == 0 ? parameter.Name : $"{parameter.Namespace}/{parameter.Name}",
        _ => TableCell.Unset,
    };

    private static string Available(APIService service)
    {
        var condition = service.Status.Conditions.FirstOrDefault(c => c.Type == "Available");
        return condition switch
        {
            null => "Unknown",
            { Status: "True" } => "True",
            _ => $"{condition.Status} ({condition.Reason})",
        };
    }

    private static string State(ResourceClaim claim)
    {
        var states = new List<string>();
        if (claim.Metadata.DeletionTimestamp is not null)
            states.Add("deleted");
        if (claim.Status.Allocation is not null)
            states.Add("allocated");
        else if (claim.Metadata.DeletionTimestamp is null)
            states.Add("pending");
        if (claim.Status.Allocation is not null && !claim.Status.ReservedFor.IsEmpty)
            states.Add("reserved");
        return string.Join(",", states);
    }

    private static string Targets(AutoscalingV1.HorizontalPodAutoscaler scaler) => scaler.Spec.TargetCPUUtilizationPercentage is { } target
        ? $"cpu: {(scaler.Status.CurrentCPUUtilizationPercentage is { } current ? $"{current}%" : TableCell.Unknown)}/{target}%"
        : TableCell.Unset;
}
