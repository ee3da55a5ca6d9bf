using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Berth.Client.Transport;

/// <summary>Reads the file that kubectl reads.</summary>
public static class Kubeconfig
{
    /// <summary>The current context, or the one named.</summary>
    /// <exception cref="KubeconfigException">The file is missing or lacks something; the message says which file, what, and what to do.</exception>
    public static ClientConfig Load(string path, string? context = null)
    {
        var root = Parse(path);
        var contextName = context ?? Text(root, "current-context")
            ?? throw new KubeconfigException($"{path} has no current-context: name a context");
        var chosen = Named(root, "contexts", "context", contextName, path);
        var cluster = Named(root, "clusters", "cluster", Required(chosen, "cluster", path), path);
        var user = Named(root, "users", "user", Required(chosen, "user", path), path);
        var server = Required(cluster, "server", path);
        if (!Uri.TryCreate(server, UriKind.Absolute, out var uri))
            throw new KubeconfigException($"{path}: the server \"{server}\" is not a URL such as https://127.0.0.1:6443");
        return new ClientConfig
        {
            Server = uri,
            ServerName = Text(cluster, "tls-server-name"),
            Authorities = Authorities(cluster, path),
            Certificate = Certificate(user, path),
            Token = Token(user, path),
            Namespace = Text(chosen, "namespace"),
        };
    }

    private static YamlMappingNode Parse(string path)
    {
        try
        {
            using var reader = File.OpenText(path);
            var yaml = new YamlStream();
            yaml.Load(reader);
            return yaml.Documents is [{ RootNode: YamlMappingNode root }, ..]
                ? root
                : throw new KubeconfigException($"{path} is not a kubeconfig: it is not a YAML mapping");
        }
        catch (YamlException e)
        {
            throw new KubeconfigException($"{path}: line {e.Start.Line}, column {e.Start.Column}: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KubeconfigException($"the kubeconfig {path} cannot be read: {e.Message}", e);
        }
    }

    private static YamlMappingNode Named(YamlMappingNode root, string list, string value, string name, string path)
    {
        if (Child(root, list) is YamlSequenceNode items)
        {
            foreach (var item in items.OfType<YamlMappingNode>())
            {
                if (Text(item, "name") == name)
                    return Child(item, value) as YamlMappingNode ?? new YamlMappingNode();
            }
        }

        throw new KubeconfigException($"{path} has no entry \"{name}\" under {list}");
    }

    private static X509Certificate2Collection Authorities(YamlMappingNode cluster, string path)
    {
        var authorities = new X509Certificate2Collection();
        if (Pem(cluster, "certificate-authority", path) is { } pem)
            authorities.ImportFromPem(pem);
        return authorities;
    }

    private static X509Certificate2? Certificate(YamlMappingNode user, string path)
    {
        if (Pem(user, "client-certificate", path) is not { } certificate)
            return null;
        var key = Pem(user, "client-key", path) ?? throw new KubeconfigException($"{path} has a client-certificate without a client-key");
        try
        {
            return X509Certificate2.CreateFromPem(certificate, key);
        }
        catch (CryptographicException e)
        {
            throw new KubeconfigException($"{path}: the client certificate or its key cannot be used: {e.Message}", e);
        }
    }

    private static Func<string>? Token(YamlMappingNode user, string path)
    {
        if (Text(user, "tokenFile") is { } file)
        {
            var full = Path.GetFullPath(file, Path.GetDirectoryName(Path.GetFullPath(path))!);
            return () => File.ReadAllText(full).Trim();
        }

        return Text(user, "token") is { } token ? () => token : null;
    }

    // NAME-data holds base64, NAME a path relative to the kubeconfig.
    private static string? Pem(YamlMappingNode node, string name, string path)
    {
        if (Text(node, name + "-data") is { } data)
        {
            try
            {
                return System.Text.Encoding.ASCII.GetString(Convert.FromBase64String(data));
            }
            catch (FormatException e)
            {
                throw new KubeconfigException($"{path}: {name}-data is not base64", e);
            }
        }

        if (Text(node, name) is not { } file)
            return null;
        var full = Path.GetFullPath(file, Path.GetDirectoryName(Path.GetFullPath(path))!);
        try
        {
            return File.ReadAllText(full);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KubeconfigException($"{path}: {name} points to {full}, which cannot be read: {e.Message}", e);
        }
    }

    private static string Required(YamlMappingNode node, string key, string path) =>
        Text(node, key) ?? throw new KubeconfigException($"{path} lacks \"{key}\"");

    private static YamlNode? Child(YamlMappingNode node, string key) =>
        node.Children.TryGetValue(new YamlScalarNode(key), out var value) ? value : null;

    private static string? Text(YamlMappingNode node, string key) =>
        Child(node, key) is YamlScalarNode { Value: { Length: > 0 } value } ? value : null;
}
