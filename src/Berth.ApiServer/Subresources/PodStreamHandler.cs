using Berth.Api;
using Berth.Api.Core.V1;
using Berth.ApiServer.Http;
using Berth.ApiServer.Registry;

namespace Berth.ApiServer.Subresources;

/// <summary>What a pod's node answers: log, exec, attach and portforward, in the paths and words of the kubelet's API.</summary>
public sealed class PodStreamHandler(ResourceRegistry<Pod> pods, HttpMessageInvoker nodes) : IApiHandler
{
    public async Task HandleAsync(ApiRequest request)
    {
        var key = new ObjectKey(request.Info.Namespace, request.Info.Name);
        var pod = (Pod)(await pods.FindAsync(key, request.Cancellation).ConfigureAwait(false) ?? throw ApiStatusException.NotFound(Pod.Kind, key.Name)).Value;
        var kind = request.Info.Subresource;
        if (kind != "log")
            await ConnectAdmission.CheckAsync(request, pods.Services, Pod.Kind).ConfigureAwait(false);
        var container = kind == "portforward" ? "" : ContainerOf(pod, request.Query["container"].ToString());
        if (pod.Spec.NodeName.Length == 0)
        {
            if (kind != "log")
                throw ApiStatusException.BadRequest($"pod {key.Name} does not have a host assigned");
            // Nothing has run yet, so the log is empty.
            await ResponseWriter.BytesAsync(request.Http, 200, "text/plain", ReadOnlyMemory<byte>.Empty).ConfigureAwait(false);
            return;
        }

        var target = NodeAddress.Of(pods.Services.Registries, pod.Spec.NodeName);
        var place = $"{Uri.EscapeDataString(key.Namespace)}/{Uri.EscapeDataString(key.Name)}";
        (target.Path, target.Query) = kind switch
        {
            "log" => ($"/containerLogs/{place}/{container}", Query(request, static name => name == "container" ? null : name)),
            "exec" => ($"/exec/{place}/{container}", Query(request, StreamName)),
            "attach" => ($"/attach/{place}/{container}", Query(request, StreamName)),
            _ => ($"/portForward/{place}", Query(request, static name => name == "ports" ? "port" : name)),
        };
        if (kind == "portforward" && PortForwardTunnel.IsAskedFor(request.Http.Request))
        {
            await PortForwardTunnel.RunAsync(request, nodes, target.Uri).ConfigureAwait(false);
            return;
        }

        if (kind == "log" && LogSocket.IsAskedFor(request.Http.Request))
        {
            await LogSocket.RunAsync(request, nodes, target.Uri).ConfigureAwait(false);
            return;
        }

        await ProxyRequest.ForwardAsync(request, nodes, target.Uri, errorsAsStatus: kind == "log").ConfigureAwait(false);
    }

    // The API and the kubelet name the streams differently.
    private static string? StreamName(string name) => name switch
    {
        "stdin" => "input",
        "stdout" => "output",
        "stderr" => "error",
        "container" => null,
        _ => name,
    };

    private static string Query(ApiRequest request, Func<string, string?> rename)
    {
        var parts = new List<string>();
        foreach (var (name, values) in request.Query)
        {
            if (rename(name) is not { } renamed)
                continue;
            foreach (var value in values)
            {
                var flag = renamed is "input" or "output" or "error" or "tty" ? (RequestInfo.IsTrue(value) ? "1" : null) : value ?? "";
                if (flag is not null)
                    parts.Add($"{Uri.EscapeDataString(renamed)}={Uri.EscapeDataString(flag)}");
            }
        }

        return string.Join('&', parts);
    }

    private static string ContainerOf(Pod pod, string asked)
    {
        var (containers, init) = (pod.Spec.Containers, pod.Spec.InitContainers);
        if (asked.Length > 0)
        {
            var known = containers.Select(c => c.Name).Concat(init.Select(c => c.Name)).Concat(pod.Spec.EphemeralContainers.Select(c => c.Name));
            return known.Contains(asked) ? asked : throw ApiStatusException.BadRequest($"container {asked} is not valid for pod {pod.Metadata.Name}");
        }

        if (containers.Count == 1)
            return containers[0].Name;
        if (containers.IsEmpty)
            throw ApiStatusException.BadRequest($"a container name must be specified for pod {pod.Metadata.Name}");
        var choice = $"a container name must be specified for pod {pod.Metadata.Name}, choose one of: [{string.Join(' ', containers.Select(c => c.Name))}]";
        throw ApiStatusException.BadRequest(init.IsEmpty ? choice : $"{choice} or one of the init containers: [{string.Join(' ', init.Select(c => c.Name))}]");
    }
}
