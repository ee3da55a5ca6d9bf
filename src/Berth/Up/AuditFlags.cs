using System.CommandLine;
using Berth.ApiServer.Audit;
using Berth.Client.Transport;
using Berth.Instance;

namespace Berth.Up;

/// <summary>The options of the audit log, named as kube-apiserver's and with its defaults.</summary>
internal sealed class AuditFlags
{
    private readonly Option<string?> _policy = new("--audit-policy-file") { Description = "File of kind Policy (audit.k8s.io/v1): which requests are written down, and how much of them" };
    private readonly Option<string?> _path = new("--audit-log-path") { Description = "Where audit events go, a line of JSON each; - is the standard output" };
    private readonly Option<int> _size = new("--audit-log-maxsize") { Description = "Megabytes after which the audit log is put aside and begun anew; 0 never", DefaultValueFactory = _ => 100 };
    private readonly Option<int> _backups = new("--audit-log-maxbackup") { Description = "Audit logs put aside that are kept; 0 all", DefaultValueFactory = _ => 100 };
    private readonly Option<int> _age = new("--audit-log-maxage") { Description = "Days that they are kept; 0 for ever", DefaultValueFactory = _ => 366 };
    private readonly Option<string?> _webhook = new("--audit-webhook-config-file") { Description = "Kubeconfig of a server that batches of audit events are sent to" };

    public void AddTo(Command command)
    {
        foreach (var option in (ReadOnlySpan<Option>)[_policy, _path, _size, _backups, _age, _webhook])
            command.Add(option);
    }

    /// <param name="notes">Gets a line for what the policy says and nobody understands.</param>
    /// <returns>Null: nothing is to be written down.</returns>
    /// <exception cref="UserErrorException">The options do not go together, or a file cannot be used.</exception>
    public AuditSettings? Read(ParseResult parsed, TextWriter notes)
    {
        var path = parsed.GetValue(_path) ?? "";
        var webhook = parsed.GetValue(_webhook);
        if (parsed.GetValue(_policy) is not { } file)
        {
            return path.Length == 0 && webhook is null
                ? null
                : throw new UserErrorException("an audit log is asked for, but nothing says what to write into it", "give a policy with --audit-policy-file; docs/operations/audit.md has one to begin with");
        }

        if (path.Length == 0 && webhook is null)
            throw new UserErrorException("--audit-policy-file alone has nowhere to write to", "name a file with --audit-log-path, or a server with --audit-webhook-config-file");
        var log = new AuditOptions
        {
            Policy = ReadPolicy(file, notes),
            LogPath = path is "" or "-" ? path : Path.GetFullPath(path),
            LogBytesMax = Positive(parsed, _size) * 1024L * 1024,
            LogBackupsMax = Positive(parsed, _backups),
            LogAgeMax = TimeSpan.FromDays(Positive(parsed, _age)),
        };
        try
        {
            log.RequireWritable();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"--audit-log-path {path} cannot be written: {e.Message}", "name a file in a directory that can be written to", e);
        }

        return new AuditSettings { Log = log, Webhook = webhook is null ? null : ReadWebhook(webhook) };
    }

    private static int Positive(ParseResult parsed, Option<int> option) =>
        parsed.GetValue(option) is >= 0 and var value ? value : throw new UserErrorException($"{option.Name} must not be negative", "0 means without limit");

    private static AuditPolicy ReadPolicy(string file, TextWriter notes)
    {
        try
        {
            var unknown = new List<string>();
            var policy = AuditPolicyFile.Parse(File.ReadAllBytes(file), unknown);
            foreach (var line in unknown)
                notes.WriteLine($"  note   {file}: {line} means nothing and is passed over");
            return policy;
        }
        catch (AuditPolicyException e)
        {
            throw new UserErrorException($"{file}: {e.Message}", "docs/operations/audit.md has the fields and an example", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"--audit-policy-file {file} cannot be read: {e.Message}", "name a file that is there", e);
        }
    }

    private static ClientConfig ReadWebhook(string file)
    {
        try
        {
            return Kubeconfig.Load(file);
        }
        catch (KubeconfigException e)
        {
            throw new UserErrorException($"--audit-webhook-config-file: {e.Message}", "it must be a kubeconfig whose current context names the server", e);
        }
    }
}

/// <summary>What <see cref="AuditFlags"/> found.</summary>
internal sealed record AuditSettings
{
    public required AuditOptions Log { get; init; }

    /// <summary>Null: events go to no server.</summary>
    public ClientConfig? Webhook { get; init; }
}
