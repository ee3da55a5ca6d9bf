using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Berth.Api.Core.V1;
using Berth.Client.Events;
using Berth.Node.Cri;
using Berth.Node.Volumes;

namespace Berth.Node.PodSync;

/// <summary>Makes sure that a container's image is here, by its pull policy. Pulls of one image by many pods at once are one pull.</summary>
public sealed class ImagePuller(IImageService images, ReferencedObjects references, EventRecorder events, TimeProvider time)
{
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, Lazy<Task<string>>> _pulling = new();

    /// <summary>Image as the runtime knows it.</summary>
    /// <param name="backoff">The pod's own.</param>
    /// <exception cref="ContainerConfigException">With the reasons that users know: ErrImagePull, ImagePullBackOff, ErrImageNeverPull, InvalidImageName.</exception>
    public async Task<Cri.V1.Image> EnsureAsync(Pod pod, PodContainer container, CrashBackoff backoff, Dictionary<string, (DateTimeOffset At, string Message)> failures, CancellationToken ct)
    {
        var name = Normalize(pod, container);
        var policy = container.Spec.ImagePullPolicy;
        Cri.V1.Image? present;
        try
        {
            present = await images.ImageStatusAsync(name, ct);
        }
        catch (GrpcException error)
        {
            events.Event(pod, "Warning", "Failed", $"Failed to inspect image \"{name}\": {error.Message}", container.FieldPath);
            throw new ContainerConfigException("ImageInspectError", $"Failed to inspect image \"{name}\": {error.Message}", error);
        }

        if (present is not null && policy is "IfNotPresent" or "Never")
        {
            events.Event(pod, "Normal", "Pulled", $"Container image \"{container.Spec.Image}\" already present on machine and can be accessed by the pod", container.FieldPath);
            return present!;
        }

        if (policy == "Never")
        {
            var message = $"Container image \"{container.Spec.Image}\" is not present with pull policy of Never";
            events.Event(pod, "Warning", "ErrImageNeverPull", message, container.FieldPath);
            throw new ContainerConfigException("ErrImageNeverPull", message);
        }

        var key = "image:" + name;
        if (failures.TryGetValue(key, out var failed) && backoff.Until(key, failed.At, time.GetUtcNow()) is not null)
        {
            var message = $"Back-off pulling image \"{container.Spec.Image}\"";
            events.Event(pod, "Normal", "BackOff", message, container.FieldPath);
            throw new ContainerConfigException("ImagePullBackOff", $"{message}: ErrImagePull: {failed.Message}");
        }

        events.Event(pod, "Normal", "Pulling", $"Pulling image \"{container.Spec.Image}\"", container.FieldPath);
        var watch = Stopwatch.StartNew();
        try
        {
            var reference = await PullAsync(name, await CredentialsAsync(pod, name, ct), ct);
            var image = await images.ImageStatusAsync(reference, ct) ?? await images.ImageStatusAsync(name, ct)
                ?? throw new GrpcException(GrpcStatusCode.NotFound, $"image {name} is not there after its pull");
            failures.Remove(key);
            backoff.Forget(key);
            events.Event(pod, "Normal", "Pulled", string.Create(CultureInfo.InvariantCulture, $"Successfully pulled image \"{container.Spec.Image}\" in {watch.ElapsedMilliseconds}ms ({watch.ElapsedMilliseconds}ms including waiting). Image size: {image.Size} bytes."), container.FieldPath);
            return image;
        }
        catch (GrpcException error)
        {
            var now = time.GetUtcNow();
            backoff.Next(key, failures.TryGetValue(key, out var before) ? before.At : now, now);
            failures[key] = (now, error.Message);
            events.Event(pod, "Warning", "Failed", $"Failed to pull image \"{container.Spec.Image}\": {error.Message}", container.FieldPath);
            events.Event(pod, "Warning", "Failed", "Error: ErrImagePull", container.FieldPath);
            throw new ContainerConfigException("ErrImagePull", error.Message, error);
        }
    }

    /// <summary>Adds the tag that a name without one means; registries are the runtime's to complete.</summary>
    internal static string Normalize(Pod pod, PodContainer container)
    {
        var image = container.Spec.Image;
        var slash = image.LastIndexOf('/');
        var last = image[(slash + 1)..];
        var bad = image.Length == 0 || image.Any(c => char.IsWhiteSpace(c) || c > 127) || last.Length == 0
            || image.Split('@')[0].Split('/').Skip(image.Contains('/', StringComparison.Ordinal) ? 1 : 0).Any(p => p.Split(':')[0] is var n && (n.Length == 0 || n.Any(char.IsUpper)));
        if (bad)
        {
            throw new ContainerConfigException(
                "InvalidImageName", $"Failed to apply default image tag \"{image}\": couldn't parse image name \"{image}\": invalid reference format");
        }

        return last.Contains(':', StringComparison.Ordinal) || last.Contains('@', StringComparison.Ordinal) ? image : image + ":latest";
    }

    private async Task<string> PullAsync(string name, Cri.V1.AuthConfig? auth, CancellationToken ct)
    {
        // Credentials are part of the key: one pod's right to an image is not another's.
        var key = auth is null ? name : $"{name}\n{auth.Username}\n{auth.Password}\n{auth.Auth}";
        var pull = _pulling.GetOrAdd(key, _ => new Lazy<Task<string>>(() => images.PullImageAsync(new Cri.V1.ImageSpec { Image = name }, auth, CancellationToken.None)));
        try
        {
            return await pull.Value.WaitAsync(ct);
        }
        finally
        {
            if (pull.Value.IsCompleted) _pulling.TryRemove(new(key, pull));
        }
    }

    /// <summary>The first of the pod's pull secrets with an entry for the image's registry.</summary>
    private async Task<Cri.V1.AuthConfig?> CredentialsAsync(Pod pod, string image, CancellationToken ct)
    {
        foreach (var reference in pod.Spec.ImagePullSecrets)
        {
            if (await references.SecretAsync(pod, reference.Name, ct) is not { } secret)
            {
                events.Event(pod, "Warning", "FailedToRetrieveImagePullSecret", $"Unable to retrieve some image pull secrets ({reference.Name}); attempting to pull the image may not succeed.");
                continue;
            }

            var bytes = secret.Data.GetOr(".dockerconfigjson") ?? secret.Data.GetOr(".dockercfg");
            if (bytes is not null && Find(bytes.Span, image) is { } auth) return auth;
        }

        return null;
    }

    internal static Cri.V1.AuthConfig? Find(ReadOnlySpan<byte> dockerConfig, string image)
    {
        try
        {
            using var json = JsonDocument.Parse(dockerConfig.ToArray());
            var entries = json.RootElement.TryGetProperty("auths", out var auths) ? auths : json.RootElement;
            var first = image.Split('/')[0];
            var registry = image.Contains('/', StringComparison.Ordinal) && (first.Contains('.', StringComparison.Ordinal) || first.Contains(':', StringComparison.Ordinal) || first == "localhost")
                ? first
                : "docker.io";
            foreach (var entry in entries.EnumerateObject())
            {
                var host = entry.Name.Replace("https://", "", StringComparison.Ordinal).Replace("http://", "", StringComparison.Ordinal).Split('/')[0];
                if (host != registry && !(registry == "docker.io" && host is "index.docker.io" or "registry-1.docker.io")) continue;
                var auth = new Cri.V1.AuthConfig { ServerAddress = entry.Name };
                if (Text(entry.Value, "auth") is { Length: > 0 } both)
                {
                    var pair = Encoding.UTF8.GetString(Convert.FromBase64String(both)).Split(':', 2);
                    auth.Username = pair[0];
                    auth.Password = pair.Length > 1 ? pair[1] : "";
                }

                if (Text(entry.Value, "username") is { Length: > 0 } user) auth.Username = user;
                if (Text(entry.Value, "password") is { Length: > 0 } password) auth.Password = password;
                return auth;
            }
        }
        catch (Exception error) when (error is JsonException or FormatException)
        {
            return null; // a broken secret is as good as none; the pull says what is missing
        }

        return null;
    }

    private static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.GetString() : null;
}
