import JobStorePostgres
import Jobs
import Testing

@Suite struct `A database's address` {
  @Test func `shows host, port and database and never the password`() throws {
    let address = try PostgresAddress("postgres://me:s3cret@db.example:6543/jobs?sslmode=require")
    #expect("\(address)" == "postgres://db.example:6543/jobs")
    var dumped = ""
    dump(address, to: &dumped)
    #expect(!dumped.contains("s3cret") && !String(reflecting: address).contains("s3cret"))
  }

  @Test(arguments: [
    "mysql://me:s3cret@db/jobs", "jobs.sqlite", "postgres://me:s3cret%zz@db/jobs",
    "postgres://me:s3cret@[::1/jobs", "postgres://me:s3cret@db/jobs?s3cret=1", "",
  ])
  func `that is none is refused without repeating it`(_ url: String) {
    let error = #expect(throws: JobStoreError.self) { try PostgresAddress(url) }
    #expect(error?.description.contains("s3cret") == false)
    #expect(error?.description.contains("postgres://user@host:5432/database") == true)
  }
}
