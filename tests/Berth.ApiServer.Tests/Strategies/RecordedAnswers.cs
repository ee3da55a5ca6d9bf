using System.Text.Json;
using System.Text.Json.Nodes;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.ApiServer.Registry;
using Berth.ApiServer.Strategies;
using Berth.ApiServer.Validation;
using Xunit;

namespace Berth.ApiServer.Tests.Strategies;

/// <summary>
/// What Kubernetes 1.36 answers to creates and updates of each kind, one case a line: the object as the client sends it
/// (<c>old</c> is the stored one), and either the object as it was stored or the causes of the refusal. The strategies must
/// give the same answers.
/// </summary>
public sealed class RecordedAnswers
{
    private static readonly Dictionary<string, Func<JsonObject, string?>> s_runners = new()
    {
        ["v1/Pod"] = Run<Pod>,
        ["v1/Service"] = Run<Service>,
        ["v1/ConfigMap"] = Run<ConfigMap>,
        ["v1/Secret"] = Run<Secret>,
        ["v1/Namespace"] = Run<Namespace>,
        ["v1/Node"] = Run<Node>,
        ["v1/Endpoints"] = Run<Endpoints>,
        ["v1/LimitRange"] = Run<LimitRange>,
        ["v1/ResourceQuota"] = Run<ResourceQuota>,
        ["v1/ReplicationController"] = Run<ReplicationController>,
        ["v1/PodTemplate"] = Run<PodTemplate>,
        ["v1/PersistentVolume"] = Run<PersistentVolume>,
        ["v1/PersistentVolumeClaim"] = Run<PersistentVolumeClaim>,
        ["v1/ServiceAccount"] = Run<ServiceAccount>,
        ["v1/Event"] = Run<Event>,
        ["apps/v1/Deployment"] = Run<Api.Apps.V1.Deployment>,
        ["apps/v1/ReplicaSet"] = Run<Api.Apps.V1.ReplicaSet>,
        ["apps/v1/StatefulSet"] = Run<Api.Apps.V1.StatefulSet>,
        ["apps/v1/DaemonSet"] = Run<Api.Apps.V1.DaemonSet>,
        ["apps/v1/ControllerRevision"] = Run<Api.Apps.V1.ControllerRevision>,
        ["batch/v1/Job"] = Run<Api.Batch.V1.Job>,
        ["batch/v1/CronJob"] = Run<Api.Batch.V1.CronJob>,
        ["discovery.k8s.io/v1/EndpointSlice"] = Run<Api.Discovery.V1.EndpointSlice>,
        ["storage.k8s.io/v1/StorageClass"] = Run<Api.Storage.V1.StorageClass>,
        ["storage.k8s.io/v1/CSIDriver"] = Run<Api.Storage.V1.CSIDriver>,
        ["storage.k8s.io/v1/VolumeAttributesClass"] = Run<Api.Storage.V1.VolumeAttributesClass>,
        ["networking.k8s.io/v1/Ingress"] = Run<Api.Networking.V1.Ingress>,
        ["networking.k8s.io/v1/IngressClass"] = Run<Api.Networking.V1.IngressClass>,
        ["networking.k8s.io/v1/NetworkPolicy"] = Run<Api.Networking.V1.NetworkPolicy>,
        ["policy/v1/PodDisruptionBudget"] = Run<Api.Policy.V1.PodDisruptionBudget>,
        ["scheduling.k8s.io/v1/PriorityClass"] = Run<Api.Scheduling.V1.PriorityClass>,
        ["node.k8s.io/v1/RuntimeClass"] = Run<Api.Node.V1.RuntimeClass>,
        ["rbac.authorization.k8s.io/v1/Role"] = Run<Api.Rbac.V1.Role>,
        ["rbac.authorization.k8s.io/v1/RoleBinding"] = Run<Api.Rbac.V1.RoleBinding>,
        ["rbac.authorization.k8s.io/v1/ClusterRole"] = Run<Api.Rbac.V1.ClusterRole>,
        ["rbac.authorization.k8s.io/v1/ClusterRoleBinding"] = Run<Api.Rbac.V1.ClusterRoleBinding>,
        ["resource.k8s.io/v1/DeviceClass"] = Run<Api.Resource.V1.DeviceClass>,
        ["resource.k8s.io/v1/ResourceClaim"] = Run<Api.Resource.V1.ResourceClaim>,
        ["resource.k8s.io/v1/ResourceClaimTemplate"] = Run<Api.Resource.V1.ResourceClaimTemplate>,
        ["coordination.k8s.io/v1/Lease"] = Run<Api.Coordination.V1.Lease>,
        ["autoscaling/v2/HorizontalPodAutoscaler"] = Run<Api.Autoscaling.V2.HorizontalPodAutoscaler>,
        ["certificates.k8s.io/v1/CertificateSigningRequest"] = Run<Api.Certificates.V1.CertificateSigningRequest>,
    };

    public static TheoryData<string> Files { get; } =
        [.. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Strategies", "Fixtures"), "*.json").Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Strategies_RecordedRequest_AnswerAsKubernetes(string file)
    {
        var lines = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Strategies", "Fixtures", file));
        var failures = new List<string>();
        for (var i = 0; i < lines.Length; i++)
        {
            var test = JsonNode.Parse(lines[i])!.AsObject();
            var kind = $"{test["object"]!["apiVersion"]}/{test["object"]!["kind"]}";
            if (s_runners[kind](test) is { } failure)
                failures.Add($"{file}:{i + 1} {kind}\n{failure}");
        }

        Assert.True(failures.Count == 0, $"{failures.Count} of {lines.Length} differ:\n{string.Join("\n", failures)}");
    }

    private static string? Run<T>(JsonObject test)
        where T : class, IApiObject<T>
    {
        var strategy = StrategyCatalog.For<T>();
        var old = test["old"] is { } stored ? strategy.Default(Read<T>(stored)) : null;
        var value = old is null ? WithSystemFields(Read<T>(test["object"]!), test["stored"]) : WithSystemFieldsOf(Read<T>(test["object"]!), old);
        value = strategy.Default(value);
        var errors = new FieldErrors();
        var metadata = new FieldErrors();
        switch ((old, (string?)test["sub"]))
        {
            case (null, _):
                value = strategy.Default(strategy.PrepareForCreate(value));
                MetadataRules.Validate(metadata, FieldPath.Metadata, value.Metadata, T.Kind.Namespaced, strategy.NameRule);
                strategy.Validate(value, errors);
                strategy.ValidateCreate(value, errors);
                break;
            case ({ } before, "/status"):
                value = strategy.PrepareForStatusUpdate(value, before);
                MetadataRules.ValidateUpdate(metadata, FieldPath.Metadata, value.Metadata, before.Metadata);
                strategy.ValidateStatusUpdate(value, before, errors);
                break;
            case ({ } before, _):
                value = strategy.Default(strategy.PrepareForUpdate(value, before));
                MetadataRules.ValidateUpdate(metadata, FieldPath.Metadata, value.Metadata, before.Metadata);
                strategy.Validate(value, errors);
                strategy.ValidateUpdate(value, before, errors);
                break;
        }

        return test["causes"] is { } causes
            ? CompareCauses(causes.AsArray(), [.. metadata.Causes, .. errors.Causes])
            : CompareStored(test["stored"]!, value, [.. metadata.Causes, .. errors.Causes], old is not null && test["sub"] is null);
    }

    private static T Read<T>(JsonNode json)
        where T : class, IApiObject<T> => ApiJson.Deserialize<T>(JsonSerializer.SerializeToUtf8Bytes(json, NodeContext.Default.JsonNode));

    // What the registry sets before it asks the strategy.
    private static T WithSystemFields<T>(T value, JsonNode? stored)
        where T : class, IApiObject<T> => value.WithMetadata(value.Metadata with
        {
            Uid = (string?)stored?["metadata"]?["uid"] ?? "11111111-2222-3333-4444-555555555555",
            CreationTimestamp = DateTimeOffset.UnixEpoch,
        });

    private static T WithSystemFieldsOf<T>(T value, T old)
        where T : class, IApiObject<T> => value.WithMetadata(value.Metadata with
        {
            Uid = old.Metadata.Uid,
            CreationTimestamp = old.Metadata.CreationTimestamp,
            ResourceVersion = old.Metadata.ResourceVersion,
            Generation = old.Metadata.Generation,
        });

    private static string? CompareCauses(JsonArray expected, IReadOnlyList<StatusCause> actual)
    {
        static string Show(string reason, string field, string message) => $"{reason} {field}: {FirstLine(message)}";
        var want = expected.Select(c => Show((string)c!["reason"]!, (string?)c["field"] ?? "", (string)c["message"]!)).ToHashSet();
        var have = actual.Select(c => Show(c.Reason, c.Field, c.Message)).ToHashSet();
        if (want.SetEquals(have))
            return null;
        return string.Join("\n", want.Except(have).Select(c => "  - " + c).Concat(have.Except(want).Select(c => "  + " + c)));
    }

    // What follows the first line is a picture of the difference, which we draw in our own way.
    private static string FirstLine(string message) => message.Split('\n')[0];

    private static string? CompareStored(JsonNode stored, IApiObject actual, IReadOnlyList<StatusCause> causes, bool isUpdate)
    {
        if (causes.Count > 0)
            return string.Join("\n", causes.Select(c => $"  + {c.Reason} {c.Field}: {c.Message}"));
        var have = JsonNode.Parse(ApiJson.Serialize(actual))!;
        foreach (var node in new[] { stored, have })
        {
            // Controllers of the recorded cluster may have written the status, and admission the finalizers, in between.
            if (isUpdate)
                node.AsObject().Remove("status");
            if (node["metadata"]!["finalizers"] is JsonArray finalizers && finalizers.All(f => ((string)f!).EndsWith("-protection", StringComparison.Ordinal)))
                node["metadata"]!.AsObject().Remove("finalizers");
            foreach (var field in new[] { "uid", "creationTimestamp", "resourceVersion", "generation", "managedFields", "deletionTimestamp", "deletionGracePeriodSeconds" })
                node["metadata"]!.AsObject().Remove(field);
            (node["status"] as JsonObject)?.Remove("lastPhaseTransitionTime");
            foreach (var condition in node["status"]?["conditions"] as JsonArray ?? [])
                condition!.AsObject().Remove("lastTransitionTime");
        }

        var differences = new List<string>();
        Compare("", stored, have, differences);
        return differences.Count == 0 ? null : string.Join("\n", differences.Select(d => "  " + d));
    }

    private static bool IsEmpty(JsonNode? node, string path) => node switch
    {
        null => true,
        JsonObject members => members.All(m => IsEmpty(m.Value, path)),
        JsonValue number when path.StartsWith(".status", StringComparison.Ordinal) => number.ToJsonString() == "0",
        _ => false,
    };

    private static void Compare(string path, JsonNode? want, JsonNode? have, List<string> differences)
    {
        // An empty struct and none are the same, and so are counts of nothing.
        if (JsonNode.DeepEquals(want, have) || (IsEmpty(want, path) && IsEmpty(have, path)))
            return;
        if (want is JsonObject a && have is JsonObject b)
        {
            foreach (var name in a.Select(p => p.Key).Union(b.Select(p => p.Key)))
                Compare($"{path}.{name}", a[name], b[name], differences);
        }
        else if (want is JsonArray c && have is JsonArray d && c.Count == d.Count)
        {
            for (var i = 0; i < c.Count; i++)
                Compare($"{path}[{i}]", c[i], d[i], differences);
        }
        else
        {
            differences.Add($"{path}: want {want?.ToJsonString() ?? "nothing"}, have {have?.ToJsonString() ?? "nothing"}");
        }
    }
}
