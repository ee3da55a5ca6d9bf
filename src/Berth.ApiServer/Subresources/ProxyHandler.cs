using System.Globalization;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Discovery.V1;
using Berth.ApiServer.Http;
using Berth.ApiServer.Registry;
using Berth.ApiServer.Webhooks;

namespace Berth.ApiServer.Subresources;

/// <summary>
/// HTTP through the API server to a pod, to one of a service's endpoints, or to a node's agent. The name in the path may
/// say more than the name: <c>[scheme:]name[:port]</c>.
/// </summary>
public sealed class ProxyHandler(RegistryServices services, HttpMessageInvoker pods, HttpMessageInvoker nodes) : IApiHandler
{
    private int _turn;

    public async Task HandleAsync(ApiRequest request)
    {
        await ConnectAdmission.CheckAsync(request, services, request.Info.Resource switch
        {
            "pods" => Pod.Kind,
            "services" => Service.Kind,
            _ => Node.Kind,
        }).ConfigureAwait(false);
        if (request.Info.Subpath is null or "" && request.Http.Request.Method is "GET" or "HEAD" && request.Http.Request.Headers.Upgrade.Count == 0)
        {
            // Links of the page behind it are relative to a folder.
            request.Http.Response.Redirect($"{request.Http.Request.Path}/{request.Http.Request.QueryString}", permanent: true);
            return;
        }

        var (scheme, name, port) = Split(request.Info.Name);
        var target = request.Info.Resource switch
        {
            "pods" => OfPod(request.Info.Namespace, name, port),
            "services" => OfService(request.Info.Namespace, name, port),
            _ => OfNode(name, port),
        };
        if (scheme.Length > 0)
            target.Scheme = scheme;
        var path = request.Info.Subpath ?? "";
        var root = request.Http.Request.Path.Value![..^path.Length];
        target.Path = path.Length == 0 ? "/" : path;
        target.Query = request.Http.Request.QueryString.Value;
        await ProxyRequest.ForwardAsync(request, request.Info.Resource == "nodes" ? nodes : pods, target.Uri, root).ConfigureAwait(false);
    }

    private static (string Scheme, string Name, string Port) Split(string text) => text.Split(':') switch
    {
        [var name] => ("", name, ""),
        [var name, var port] => ("", name, port),
        [var scheme, var name, var port] when scheme is "http" or "https" or "" => (scheme, name, port),
        _ => throw ApiStatusException.BadRequest($"invalid proxy request \"{text}\": expected [scheme:]name[:port]"),
    };

    private UriBuilder OfNode(string name, string port)
    {
        var target = NodeAddress.Of(services.Registries, name);
        if (port.Length > 0)
            target.Port = Number(port) ?? throw ApiStatusException.BadRequest($"invalid port \"{port}\"");
        return target;
    }

    private UriBuilder OfPod(string ns, string name, string port)
    {
        var pod = Find<Pod>(ns, name);
        if (pod.Status.PodIP.Length == 0)
            throw ApiStatusException.BadRequest("address not allowed");
        var declared = pod.Spec.Containers.SelectMany(c => c.Ports.AsEnumerable());
        var number = port.Length > 0
            ? Number(port) ?? declared.FirstOrDefault(p => p.Name == port)?.ContainerPortValue ?? throw ApiStatusException.BadRequest($"pod {name} has no port named \"{port}\"")
            : declared.FirstOrDefault()?.ContainerPortValue ?? 80;
        return new UriBuilder("http", pod.Status.PodIP, number);
    }

    private UriBuilder OfService(string ns, string name, string port)
    {
        var service = Find<Service>(ns, name);
        var wanted = port.Length == 0 && service.Spec.Ports.Count == 1
            ? service.Spec.Ports[0]
            : service.Spec.Ports.FirstOrDefault(p => p.Name == port || (Number(port) is { } number && p.Port == number))
                ?? throw ApiStatusException.ServiceUnavailable($"no service port \"{port}\" found for service \"{name}\"");
        var candidates = ServiceAddress.Ready(services.Registries.List<EndpointSlice>(ns), name, wanted.Name);
        if (candidates.Count == 0)
            throw ApiStatusException.ServiceUnavailable($"no endpoints available for service \"{name}\"");
        var target = candidates[(int)((uint)Interlocked.Increment(ref _turn) % candidates.Count)];
        return new UriBuilder("http", target.Address.ToString(), target.Port);
    }

    private T Find<T>(string ns, string name)
        where T : class, IApiObject<T> =>
        services.Registries.For<T>().Cache.Current.Get(new ObjectKey(ns, name))?.Value as T ?? throw ApiStatusException.NotFound(T.Kind, name);

    private static int? Number(string port) =>
        int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and < 65536 ? number : null;
}
