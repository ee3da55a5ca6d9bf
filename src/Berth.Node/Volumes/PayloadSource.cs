using System.Text;
using Berth.Api;
using Berth.Api.Authentication.V1;
using Berth.Api.Core.V1;
using Berth.Client;
using Berth.Node.PodSync;

namespace Berth.Node.Volumes;

/// <summary>What ConfigMap, Secret, downward API and projected volumes show.</summary>
public sealed class PayloadSource(ReferencedObjects references, IClusterClient client, TimeProvider time, Func<ApiMap<Quantity>> allocatable, IReadOnlyList<string> hostIps)
{
    private const int ModeDefault = 0x1a4; // 0644

    // Kubernetes renews a token after 80 % of its life, or after a day.
    private const double TokenLifeShare = 0.8;
    private static readonly TimeSpan _tokenAgeMax = TimeSpan.FromHours(24);

    private readonly System.Collections.Concurrent.ConcurrentDictionary<(string Uid, string Volume, int Source), Token> _tokens = new();

    public static bool Makes(Volume volume) => volume.ConfigMap is not null || volume.Secret is not null || volume.DownwardAPI is not null || volume.Projected is not null;

    public void Release(string podUid)
    {
        foreach (var key in _tokens.Keys.Where(k => k.Uid == podUid)) _tokens.TryRemove(key, out _);
    }

    /// <param name="podIps">Empty until the pod has its sandbox.</param>
    /// <exception cref="VolumeException">Something referred to is not there.</exception>
    public async Task<VolumePayload> MakeAsync(Pod pod, Volume volume, IReadOnlyList<string> podIps, CancellationToken ct)
    {
        var files = new Dictionary<string, PayloadFile>(StringComparer.Ordinal);
        DateTimeOffset? refresh = null;
        try
        {
            if (volume.ConfigMap is { } map)
                await AddConfigMapAsync(files, pod, map.Name, map.Items, map.DefaultMode, map.Optional == true, ct);
            else if (volume.Secret is { } secret)
                await AddSecretAsync(files, pod, secret.SecretName, secret.Items, secret.DefaultMode, secret.Optional == true, ct);
            else if (volume.DownwardAPI is { } downward)
                AddDownward(files, pod, downward.Items, downward.DefaultMode, podIps);
            else if (volume.Projected is { } projected)
                refresh = await AddProjectedAsync(files, pod, volume.Name, projected, podIps, ct);
        }
        catch (ApiException error)
        {
            throw new VolumeException(volume.Name, error.Message, error);
        }
        catch (ContainerConfigException error)
        {
            throw new VolumeException(volume.Name, error.Message, error);
        }
        catch (InvalidDataException error)
        {
            throw new VolumeException(volume.Name, error.Message, error);
        }

        return new VolumePayload(files, refresh);
    }

    private async Task<DateTimeOffset?> AddProjectedAsync(
        Dictionary<string, PayloadFile> files, Pod pod, string volume, ProjectedVolumeSource projected, IReadOnlyList<string> podIps, CancellationToken ct)
    {
        DateTimeOffset? refresh = null;
        for (var i = 0; i < projected.Sources.Count; i++)
        {
            var source = projected.Sources[i];
            if (source.ConfigMap is { } map)
                await AddConfigMapAsync(files, pod, map.Name, map.Items, projected.DefaultMode, map.Optional == true, ct);
            if (source.Secret is { } secret)
                await AddSecretAsync(files, pod, secret.Name, secret.Items, projected.DefaultMode, secret.Optional == true, ct);
            if (source.DownwardAPI is { } downward)
                AddDownward(files, pod, downward.Items, projected.DefaultMode, podIps);
            if (source.ServiceAccountToken is { } wanted)
            {
                var token = await TokenAsync((pod.Metadata.Uid, volume, i), pod, wanted, ct);
                var runAs = CommonUser(pod);
                // A token that only one user needs is readable by that one alone.
                var mode = runAs is not null || pod.Spec.SecurityContext?.FsGroup is not null ? 0x180 : projected.DefaultMode ?? ModeDefault;
                files[Checked(wanted.Path)] = new PayloadFile(Encoding.UTF8.GetBytes(token.Value), mode, pod.Spec.SecurityContext?.FsGroup is null ? runAs : null);
                refresh = refresh is { } earlier && earlier < token.RefreshAt ? earlier : token.RefreshAt;
            }

            if (source.ClusterTrustBundle is not null)
                throw new InvalidDataException("this node does not support clusterTrustBundle projections");
            if (source.PodCertificate is not null)
                throw new InvalidDataException("this node does not support podCertificate projections");
        }

        return refresh;
    }

    /// <summary>The user of all containers, where they agree.</summary>
    private static long? CommonUser(Pod pod)
    {
        var users = pod.Spec.Containers.Concat(pod.Spec.InitContainers)
            .Select(c => c.SecurityContext?.RunAsUser ?? pod.Spec.SecurityContext?.RunAsUser).Distinct().ToList();
        return users.Count == 1 ? users[0] : null;
    }

    private async Task<Token> TokenAsync((string, string, int) key, Pod pod, ServiceAccountTokenProjection wanted, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        if (_tokens.TryGetValue(key, out var kept) && now < kept.RefreshAt) return kept;
        var request = new TokenRequest
        {
            Spec = new TokenRequestSpec
            {
                Audiences = wanted.Audience.Length > 0 ? [wanted.Audience] : [],
                ExpirationSeconds = wanted.ExpirationSeconds ?? 3600,
                BoundObjectRef = new BoundObjectReference { Kind = "Pod", ApiVersion = "v1", Name = pod.Metadata.Name, Uid = pod.Metadata.Uid },
            },
        };
        TokenRequest answer;
        try
        {
            answer = await client.CreateSubresourceAsync<ServiceAccount, TokenRequest, TokenRequest>(
                pod.Metadata.Namespace, pod.Spec.ServiceAccountName.Length == 0 ? "default" : pod.Spec.ServiceAccountName, "token", request, null, ct);
        }
        catch (Exception error) when (kept is not null && now < kept.ExpiresAt && error is ApiException or HttpRequestException or IOException)
        {
            return kept with { RefreshAt = now + TimeSpan.FromMinutes(1) }; // still good: try again soon
        }

        var expires = answer.Status.ExpirationTimestamp?.Value ?? now + TimeSpan.FromHours(1);
        var life = (expires - now) * TokenLifeShare;
        // Jitter of up to a tenth of a minute keeps a thousand pods that started together apart.
        var token = new Token(answer.Status.Token, expires, now + (life < _tokenAgeMax ? life : _tokenAgeMax));
        _tokens[key] = token;
        return token;
    }

    private async Task AddConfigMapAsync(Dictionary<string, PayloadFile> files, Pod pod, string name, ApiList<KeyToPath> items, int? mode, bool optional, CancellationToken ct)
    {
        var map = await references.ConfigMapAsync(pod, name, ct);
        if (map is null)
        {
            if (optional) return;
            throw new InvalidDataException($"configmap \"{name}\" not found");
        }

        var data = map.Data.Select(e => (e.Key, Content: Encoding.UTF8.GetBytes(e.Value))).Concat(map.BinaryData.Select(e => (e.Key, Content: e.Value.Span.ToArray())))
            .ToDictionary(e => e.Key, e => e.Content, StringComparer.Ordinal);
        AddKeys(files, data, items, mode, optional, "configmap");
    }

    private async Task AddSecretAsync(Dictionary<string, PayloadFile> files, Pod pod, string name, ApiList<KeyToPath> items, int? mode, bool optional, CancellationToken ct)
    {
        var secret = await references.SecretAsync(pod, name, ct);
        if (secret is null)
        {
            if (optional) return;
            throw new InvalidDataException($"secret \"{name}\" not found");
        }

        AddKeys(files, secret.Data.ToDictionary(e => e.Key, e => e.Value.Span.ToArray(), StringComparer.Ordinal), items, mode, optional, "secret");
    }

    private static void AddKeys(
        Dictionary<string, PayloadFile> files, Dictionary<string, byte[]> data, ApiList<KeyToPath> items, int? mode, bool optional, string what)
    {
        if (items.IsEmpty)
        {
            foreach (var (key, content) in data) files[Checked(key)] = new PayloadFile(content, mode ?? ModeDefault);
            return;
        }

        foreach (var item in items)
        {
            if (data.TryGetValue(item.Key, out var content)) files[Checked(item.Path)] = new PayloadFile(content, item.Mode ?? mode ?? ModeDefault);
            else if (!optional) throw new InvalidDataException($"references non-existent {what} key: {item.Key}");
        }
    }

    private void AddDownward(Dictionary<string, PayloadFile> files, Pod pod, ApiList<DownwardAPIVolumeFile> items, int? mode, IReadOnlyList<string> podIps)
    {
        foreach (var item in items)
        {
            var text = item.FieldRef is { } field
                ? PodFields.Field(pod, field.FieldPath, podIps, hostIps)
                : PodFields.Resource(pod, pod.Spec.Containers[0], item.ResourceFieldRef ?? ResourceFieldSelector.Empty, allocatable());
            files[Checked(item.Path)] = new PayloadFile(Encoding.UTF8.GetBytes(text), item.Mode ?? mode ?? ModeDefault);
        }
    }

    private static string Checked(string path)
    {
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return path.StartsWith('/') || parts.Length == 0 || parts.Contains("..") || parts[0].StartsWith("..", StringComparison.Ordinal)
            ? throw new InvalidDataException($"invalid path: {path}")
            : string.Join('/', parts);
    }

    private sealed record Token(string Value, DateTimeOffset ExpiresAt, DateTimeOffset RefreshAt);
}
