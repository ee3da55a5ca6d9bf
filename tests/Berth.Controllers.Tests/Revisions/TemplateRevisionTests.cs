using System.Text;
using Berth.Api.Apps.V1;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Controllers.Revisions;

namespace Berth.Controllers.Tests.Revisions;

public sealed class TemplateRevisionTests
{
    [Fact]
    public void Data_OfATemplate_IsByteForByteWhatGoWrites()
    {
        var template = Given.Template("web:1") with
        {
            Spec = Given.Template("web:1").Spec with { Containers = [new Container { Name = "main", Image = "web:1", Command = ["sh", "-c", "a < b && echo \"é\u2028\"\n"] }] },
        };
        var owner = new DaemonSet { Metadata = new ObjectMeta { Name = "d", Namespace = "default", Uid = "u" } };
        var revision = TemplateRevision.Make(owner, template, 1, null, "hash");
        Assert.Equal(
            """{"spec":{"template":{"$patch":"replace","metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"command":["sh","-c","a \u003c b \u0026\u0026 echo \"é\u2028\"\n"],"image":"web:1","name":"main","resources":{}}]}}}}""",
            Encoding.UTF8.GetString(revision.Data!.Memory.Span));
        Assert.Equal(template, TemplateRevision.TemplateOf(revision));
    }
}
