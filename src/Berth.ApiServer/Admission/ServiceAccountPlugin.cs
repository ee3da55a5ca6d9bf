using Berth.Api;
using Berth.Api.Core.V1;
using Berth.ApiServer.Http;
using Berth.ApiServer.Registry;
using Berth.ApiServer.Validation.Pods;

namespace Berth.ApiServer.Admission;

/// <summary>
/// Gives each pod a service account, and its containers the account's token, the cluster's certificate authority and the name of
/// their namespace, where clients look for them.
/// </summary>
public sealed class ServiceAccountPlugin(IObjectReader objects, TimeProvider clock, Random random) : KindPlugin<Pod>
{
    public const string TokenPath = "/var/run/secrets/kubernetes.io/serviceaccount";

    private const string VolumePrefix = "kube-api-access-";

    // An hour, and what a clock or a slow kubelet may be late by.
    private const int TokenSeconds = 3607;

    // The controller makes the account of a new namespace a moment after the namespace: a pod that comes in between waits.
    private const int LookUpsMax = 20;

    private static readonly TimeSpan s_lookUpPause = TimeSpan.FromMilliseconds(50);

    public override string Name => "ServiceAccount";

    protected override async ValueTask<Pod> MutateAsync(AdmissionAttributes attributes, Pod value, Pod? old, CancellationToken cancellation)
    {
        // A mirror pod only shows what runs already.
        if (attributes.Operation != AdmissionOperation.Create || value.Metadata.Annotations.ContainsKey(PodRules.MirrorAnnotation))
            return value;
        var name = value.Spec.ServiceAccountName.Length > 0 ? value.Spec.ServiceAccountName : "default";
        var account = await FindAsync(attributes.Namespace, name, cancellation).ConfigureAwait(false)
            ?? throw ApiStatusException.Forbidden(
                Pod.Kind, attributes.Name, $"error looking up service account {attributes.Namespace}/{name}: serviceaccount \"{name}\" not found");
        var spec = value.Spec with { ServiceAccountName = name, ServiceAccount = name };
        if (spec.ImagePullSecrets.IsEmpty)
            spec = spec with { ImagePullSecrets = account.ImagePullSecrets };
        if (spec.AutomountServiceAccountToken ?? account.AutomountServiceAccountToken ?? true)
            spec = WithToken(spec);
        return value with { Spec = spec };
    }

    protected override ValueTask ValidateAsync(AdmissionAttributes attributes, Pod? value, Pod? old, CancellationToken cancellation)
    {
        if (attributes.Operation != AdmissionOperation.Create || value?.Metadata.Annotations.ContainsKey(PodRules.MirrorAnnotation) != true)
            return ValueTask.CompletedTask;
        if (value.Spec.ServiceAccountName.Length > 0)
            throw ApiStatusException.Forbidden(Pod.Kind, attributes.Name, "a mirror pod may not reference service accounts");
        if (value.Spec.Volumes.Any(v => v.Secret is not null))
            throw ApiStatusException.Forbidden(Pod.Kind, attributes.Name, "a mirror pod may not reference secrets");
        return ValueTask.CompletedTask;
    }

    private async ValueTask<ServiceAccount?> FindAsync(string ns, string name, CancellationToken cancellation)
    {
        for (var i = 1; ; i++)
        {
            var account = await objects.GetAsync<ServiceAccount>(ns, name, cancellation).ConfigureAwait(false);
            if (account is not null || name != "default" || i == LookUpsMax)
                return account;
            await Task.Delay(s_lookUpPause, clock, cancellation).ConfigureAwait(false);
        }
    }

    private PodSpec WithToken(PodSpec spec)
    {
        var existing = spec.Volumes.FirstOrDefault(v => v.Name.StartsWith(VolumePrefix, StringComparison.Ordinal) && v.Projected is not null);
        var name = existing?.Name ?? VolumePrefix + Suffix();
        var mount = new VolumeMount { Name = name, ReadOnly = true, MountPath = TokenPath };
        var mounted = spec with { Containers = spec.Containers.Map(c => WithMount(c, mount)), InitContainers = spec.InitContainers.Map(c => WithMount(c, mount)) };
        var used = !ReferenceEquals(mounted.Containers, spec.Containers) || !ReferenceEquals(mounted.InitContainers, spec.InitContainers);
        return existing is null && used ? mounted with { Volumes = spec.Volumes.Add(TokenVolume(name)) } : mounted;
    }

    private static Container WithMount(Container container, VolumeMount mount) =>
        container.VolumeMounts.Any(m => m.MountPath == mount.MountPath) ? container : container with { VolumeMounts = container.VolumeMounts.Add(mount) };

    private static Volume TokenVolume(string name) => new()
    {
        Name = name,
        Projected = new()
        {
            DefaultMode = 420,
            Sources =
            [
                new() { ServiceAccountToken = new() { ExpirationSeconds = TokenSeconds, Path = "token" } },
                new() { ConfigMap = new() { Name = "kube-root-ca.crt", Items = [new() { Key = "ca.crt", Path = "ca.crt" }] } },
                new() { DownwardAPI = new() { Items = [new() { Path = "namespace", FieldRef = new() { ApiVersion = "v1", FieldPath = "metadata.namespace" } }] } },
            ],
        },
    };

    // The letters of generated names: no vowels, so that no words come out.
    private string Suffix()
    {
        const string Letters = "bcdfghjklmnpqrstvwxz2456789";
        lock (random)
            return string.Create(5, random, static (span, source) => source.GetItems<char>(Letters, span));
    }
}
